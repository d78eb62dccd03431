package dev.meseta.manager.telemetry.web;

import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.shared.web.Api;
import dev.meseta.manager.telemetry.Metrics;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** For Prometheus and what understands its format. */
@RestController
@RequestMapping(Api.BASE + "/metrics")
@Tag(name = "metrics")
class MetricsController {

    private static final String PROMETHEUS_TEXT = "text/plain;version=0.0.4;charset=utf-8";

    private final Metrics metrics;

    MetricsController(Metrics metrics) {
        this.metrics = metrics;
    }

    @Operation(operationId = "metrics", summary = "Metrics of this manager, in Prometheus' text format")
    @RequiresPermission(Permission.METRICS_READ)
    @GetMapping(produces = PROMETHEUS_TEXT)
    String scrape() {
        return metrics.scrape();
    }
}
