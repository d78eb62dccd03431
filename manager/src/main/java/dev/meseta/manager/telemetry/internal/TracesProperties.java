package dev.meseta.manager.telemetry.internal;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where traces go.
 *
 * @param endpoint address of a collector that takes OTLP over HTTP, for instance {@code http://collector:4318}; empty: no
 *     traces
 * @param sampling how many of all traces are recorded, 0 to 1
 */
@ConfigurationProperties("meseta.traces")
record TracesProperties(
        @DefaultValue("") String endpoint,
        @DefaultValue("1.0") double sampling) {

    TracesProperties {
        if (!(sampling >= 0 && sampling <= 1)) {
            throw new IllegalArgumentException("meseta.traces.sampling is 0 to 1, not " + sampling);
        }
    }
}
