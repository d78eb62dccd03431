package dev.meseta.lab.bench;

import dev.meseta.lab.stack.Progress;
import java.nio.file.Path;

/**
 * What a benchmark gets.
 *
 * @param repository root of the source tree; everything in it is built
 * @param work folder for the benchmark's own data center
 */
public record BenchContext(Path repository, Path work, Progress progress) {}
