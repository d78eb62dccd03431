package dev.meseta.lab.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Processor time that processes have used, as Linux counts it (proc(5), {@code /proc/PID/stat}). Unlike elapsed time it
 * hardly depends on what else the machine is doing.
 */
final class ProcessorTime {

    /** Milliseconds in a tick; the kernel's USER_HZ is 100 on every architecture Meseta runs on. */
    private static final double TICK_MS = 10;

    /** Where the numbers begin behind the name of the program, which may hold blanks: the state is field 3. */
    private static final int STATE_FIELD = 3;

    private static final int USER = 14 - STATE_FIELD;
    private static final int SYSTEM = 15 - STATE_FIELD;
    private static final int ENDED_CHILDREN_USER = 16 - STATE_FIELD;
    private static final int ENDED_CHILDREN_SYSTEM = 17 - STATE_FIELD;

    private ProcessorTime() {}

    /** Milliseconds of a process alone, without what it has started. */
    static double of(ProcessHandle process) {
        return ticks(process, USER) * TICK_MS + ticks(process, SYSTEM) * TICK_MS;
    }

    /** Milliseconds of a process and of all it has started, also of what has ended since. */
    static double ofTree(ProcessHandle root) {
        return ofAll(root)
                + root.descendants().mapToDouble(ProcessorTime::ofAll).sum();
    }

    private static double ofAll(ProcessHandle process) {
        return of(process)
                + ticks(process, ENDED_CHILDREN_USER) * TICK_MS
                + ticks(process, ENDED_CHILDREN_SYSTEM) * TICK_MS;
    }

    private static long ticks(ProcessHandle process, int field) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            String[] numbers = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return Long.parseLong(numbers[field]);
        } catch (NoSuchFileException ended) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
