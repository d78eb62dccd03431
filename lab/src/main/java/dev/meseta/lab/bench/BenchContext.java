package dev.meseta.lab.bench;

import dev.meseta.lab.stack.Progress;
import java.nio.file.Path;

/**
 * What a benchmark gets.
 *
 * @param repository root of the source tree; everything in it is built
 * @param work folder for the benchmark's own data center
 * @param simulatedHosts how many, where a benchmark has any
 */
public record BenchContext(Path repository, Path work, Progress progress, int simulatedHosts) {

    /** Simulated hosts by default. */
    public static final int SIMULATED_HOSTS = 100;

    public BenchContext(Path repository, Path work, Progress progress) {
        this(repository, work, progress, SIMULATED_HOSTS);
    }
}
