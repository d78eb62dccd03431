package dev.meseta.lab.faults;

import dev.meseta.lab.process.Programs;
import java.util.List;

/** Signals that {@link ProcessHandle} does not know. */
final class Signals {

    static final String STOP = "STOP";
    static final String CONTINUE = "CONT";
    static final String KILL = "KILL";

    private Signals() {}

    /** No effect on a process that has ended. */
    static void send(ProcessHandle process, String signal) {
        if (process.isAlive()) {
            var unused = Programs.run(List.of("kill", "-s", signal, "--", Long.toString(process.pid())));
        }
    }
}
