package dev.meseta.lab.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Values of one side of a measure, in its unit. */
public final class Samples {

    private final List<Double> values = new ArrayList<>();

    /** What can be measured only once. */
    public static Samples of(double value) {
        Samples one = new Samples();
        one.add(value);
        return one;
    }

    public void add(double value) {
        values.add(value);
    }

    public int count() {
        return values.size();
    }

    /** @throws IllegalStateException when there are none */
    public Summary summary() {
        if (values.isEmpty()) {
            throw new IllegalStateException("no samples were taken");
        }
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Summary(sorted[0], median, Arrays.stream(sorted).max().orElseThrow(), sorted.length);
    }

    /** What is reported of the values. */
    public record Summary(double min, double median, double max, int n) {}
}
