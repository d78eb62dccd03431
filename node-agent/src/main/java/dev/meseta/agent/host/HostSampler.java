package dev.meseta.agent.host;

import dev.meseta.agent.watch.HostSample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/** Reads how the host fares from {@code /proc}. For one thread. */
public final class HostSampler implements HostSampling {

    private static final long KIBIBYTE = 1024;

    private final Path proc;
    private final InstantSource clock;
    private long lastTotal;
    private long lastIdle;

    /** @param proc where the kernel's process file system is mounted */
    public HostSampler(Path proc, InstantSource clock) {
        this.proc = proc;
        this.clock = clock;
    }

    /** Processor usage is since the sample before; since boot in the first one. */
    @Override
    public HostSample sample() throws IOException {
        double usage = cpuUsagePercent(Files.readAllLines(proc.resolve("stat")).getFirst());
        List<String> memory = Files.readAllLines(proc.resolve("meminfo"));
        long total = field(memory, "MemTotal:");
        long available = field(memory, "MemAvailable:");
        return new HostSample(clock.instant(), usage, total - available, available);
    }

    private double cpuUsagePercent(String line) {
        // cpu user nice system idle iowait irq softirq steal …: guest time is counted in user already.
        String[] fields = line.trim().split(" +");
        long total = 0;
        for (int i = 1; i < Math.min(fields.length, 9); i++) {
            total += Long.parseLong(fields[i]);
        }
        long idle = Long.parseLong(fields[4]) + (fields.length > 5 ? Long.parseLong(fields[5]) : 0);
        long elapsed = total - lastTotal;
        long idled = idle - lastIdle;
        lastTotal = total;
        lastIdle = idle;
        return elapsed <= 0 ? 0 : Math.clamp(100.0 * (elapsed - idled) / elapsed, 0.0, 100.0);
    }

    private static long field(List<String> lines, String name) {
        for (String line : lines) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.substring(name.length()).trim().split(" ")[0]) * KIBIBYTE;
            }
        }
        return 0;
    }
}
