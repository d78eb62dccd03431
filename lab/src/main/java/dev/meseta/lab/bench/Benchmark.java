package dev.meseta.lab.bench;

import java.util.List;

/**
 * One benchmark of {@code ./meseta bench}. Implementations have a public constructor without parameters and are named in
 * {@code META-INF/services/dev.meseta.lab.bench.Benchmark}.
 */
public interface Benchmark {

    /** What people type. */
    String name();

    /** One line: what is measured against what. */
    String about();

    /** What can be measured by itself; empty when everything hangs together. */
    default List<String> parts() {
        return List.of();
    }

    /** Measures; takes minutes. Leaves nothing running that it has started. */
    BenchReport run(BenchContext context);
}
