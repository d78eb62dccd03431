package dev.meseta.manager.lifecycle.internal;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code meseta.lifecycle}.
 *
 * @param gracefulTimeout how long a guest may take to follow a request to stop or to boot again
 * @param reconcileInterval between two looks at all VMs
 * @param missingGrace how long a VM that its host does not list any more may take to turn up before it counts as down
 * @param restartLimit how often a crashed VM is started again within {@code restartWindow}
 */
@ConfigurationProperties("meseta.lifecycle")
record LifecycleProperties(
        @DefaultValue("PT60S") Duration gracefulTimeout,
        @DefaultValue("PT10S") Duration reconcileInterval,
        @DefaultValue("PT10S") Duration missingGrace,
        @DefaultValue("3") int restartLimit,
        @DefaultValue("PT10M") Duration restartWindow) {}
