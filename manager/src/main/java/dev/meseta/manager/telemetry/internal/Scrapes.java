package dev.meseta.manager.telemetry.internal;

import dev.meseta.manager.shared.StateCounts;
import dev.meseta.manager.telemetry.Metrics;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Counts what there is when somebody asks, then writes everything down. */
@Component
class Scrapes implements Metrics {

    private final PrometheusMeterRegistry registry;
    private final Map<StateCounts, MultiGauge> gauges = new LinkedHashMap<>();

    Scrapes(PrometheusMeterRegistry registry, ObjectProvider<StateCounts> counts) {
        this.registry = registry;
        counts.orderedStream()
                .forEach(count -> gauges.put(
                        count,
                        MultiGauge.builder(count.name())
                                .description(count.description())
                                .register(registry)));
    }

    @Override
    public synchronized String scrape() {
        gauges.forEach((count, gauge) -> {
            List<MultiGauge.Row<?>> rows = count.counts().entrySet().stream()
                    .<MultiGauge.Row<?>>map(
                            entry -> MultiGauge.Row.of(Tags.of(count.label(), entry.getKey()), entry.getValue()))
                    .toList();
            gauge.register(rows, true);
        });
        return registry.scrape();
    }
}
