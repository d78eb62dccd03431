/** Benchmarks: both sides of a comparison in one run, medians and ratios. */
@NullMarked
package dev.meseta.lab.bench;

import org.jspecify.annotations.NullMarked;
