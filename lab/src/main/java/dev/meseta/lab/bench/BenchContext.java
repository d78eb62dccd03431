package dev.meseta.lab.bench;

import dev.meseta.lab.stack.Progress;
import java.nio.file.Path;
import java.util.Set;

/**
 * What a benchmark gets.
 *
 * @param repository root of the source tree; everything in it is built
 * @param work folder for the benchmark's own data center
 * @param simulatedHosts how many, where a benchmark has any
 * @param wantedParts of {@link Benchmark#parts()}; empty: all
 */
public record BenchContext(Path repository, Path work, Progress progress, int simulatedHosts, Set<String> wantedParts) {

    /** Simulated hosts by default. */
    public static final int SIMULATED_HOSTS = 100;

    public BenchContext {
        wantedParts = Set.copyOf(wantedParts);
    }

    /** The same with so many simulated hosts. */
    BenchContext withHosts(int hosts) {
        return new BenchContext(repository, work, progress, hosts, wantedParts);
    }

    boolean wants(String part) {
        return wantedParts.isEmpty() || wantedParts.contains(part);
    }
}
