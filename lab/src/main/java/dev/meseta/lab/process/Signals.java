package dev.meseta.lab.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What one process does to another. */
public final class Signals {

    private Signals() {}

    /**
     * Sends a signal to all of them at once; those that have ended are left out.
     *
     * @param signal its name without SIG
     */
    public static void send(String signal, List<Long> processes) {
        if (processes.isEmpty()) {
            return;
        }
        List<String> command = new ArrayList<>(List.of("kill", "-s", signal, "--"));
        processes.forEach(pid -> command.add(Long.toString(pid)));
        // Some may have ended meanwhile; the others got the signal all the same.
        ProgramResult result = Programs.run(command);
        if (!result.succeeded() && !result.errors().contains("No such process")) {
            result.orThrow();
        }
    }

    /** Whether a process has been stopped in its tracks. */
    public static boolean isStopped(long pid) {
        try {
            String status = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            // The name, in parentheses, may hold anything.
            return status.startsWith(") T", status.lastIndexOf(')'));
        } catch (IOException ended) {
            return false;
        }
    }
}
