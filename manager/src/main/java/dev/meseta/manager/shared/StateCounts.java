package dev.meseta.manager.shared;

import java.util.Map;

/**
 * How many things there are in each state. A module that has some offers a bean; {@code telemetry} asks it once per
 * scrape, so that no module need count while nobody looks.
 *
 * @see <a href="https://prometheus.io/docs/practices/naming/">Prometheus: metric naming</a>
 */
public interface StateCounts {

    /** Name of the metric, in words with dots, e.g. {@code meseta.vms}. */
    String name();

    /** What is counted, a sentence. */
    String description();

    /** What tells the states apart, e.g. {@code status}. */
    String label();

    /** Count by state; states without any may be absent. */
    Map<String, Long> counts();
}
