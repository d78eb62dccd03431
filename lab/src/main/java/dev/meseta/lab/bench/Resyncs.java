package dev.meseta.lab.bench;

import java.util.Map;
import java.util.Optional;

/** How often a manager has taken in all that a host has, and how long that took altogether, by its own metrics. */
record Resyncs(double count, double seconds) {

    private static final String METRIC = "meseta_hosts_resync_seconds_";

    static Resyncs of(BenchDataCenter dataCenter) {
        String metrics =
                dataCenter.client().send("GET", "/metrics", null, Map.of()).body();
        return new Resyncs(value(metrics, "count"), value(metrics, "sum"));
    }

    /** What came since; empty when nothing did. */
    Optional<Resyncs> since(Resyncs before) {
        return count > before.count
                ? Optional.of(new Resyncs(count - before.count, seconds - before.seconds))
                : Optional.empty();
    }

    private static double value(String metrics, String ending) {
        return metrics.lines()
                .filter(line -> line.startsWith(METRIC + ending))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .mapToDouble(Double::parseDouble)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the manager has no metric " + METRIC + ending));
    }
}
