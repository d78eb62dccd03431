package dev.meseta.manager.telemetry;

/** The manager's metrics. */
public interface Metrics {

    /**
     * All of them as of now.
     *
     * @return Prometheus' text format 0.0.4
     * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">Exposition formats</a>
     */
    String scrape();
}
