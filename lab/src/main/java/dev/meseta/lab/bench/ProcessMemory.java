package dev.meseta.lab.bench;

import dev.meseta.lab.process.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What processes hold in memory. */
final class ProcessMemory {

    private static final double KIBIBYTES = 1_024;
    private static final Pattern HEAP_USED = Pattern.compile("used (\\d+)K");

    private ProcessMemory() {}

    /** All of it that is in the machine's memory now. */
    static double residentMebibytes(ProcessHandle process) {
        try {
            String line = Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                    .filter(candidate -> candidate.startsWith("VmRSS:"))
                    .findFirst()
                    .orElseThrow();
            return Double.parseDouble(line.replaceAll("[^0-9]", "")) / KIBIBYTES;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Objects of a Java program that are in use: what is left after a garbage collection, which is made now. */
    static double heapMebibytes(ProcessHandle process) {
        var unused = jcmd(process, "GC.run");
        Matcher used = HEAP_USED.matcher(jcmd(process, "GC.heap_info"));
        if (!used.find()) {
            throw new IllegalStateException("jcmd does not tell how much of the heap is used");
        }
        return Double.parseDouble(used.group(1)) / KIBIBYTES;
    }

    private static String jcmd(ProcessHandle process, String command) {
        return Programs.run(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(process.pid()),
                        command)
                .output();
    }
}
