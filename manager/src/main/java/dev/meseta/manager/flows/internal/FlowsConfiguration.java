package dev.meseta.manager.flows.internal;

import dev.meseta.manager.agents.HostFlows;
import dev.meseta.manager.membership.Membership;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Beans of this module. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(FlowsProperties.class)
class FlowsConfiguration {

    @Bean
    FlowPartitions flowPartitions(JdbcClient jdbc, PlatformTransactionManager transactions) {
        return new FlowPartitions(jdbc, new TransactionTemplate(transactions));
    }

    @Bean
    HostFlows hostFlows(
            JdbcClient jdbc,
            FlowPartitions partitions,
            PlatformTransactionManager transactions,
            FlowsProperties settings,
            MeterRegistry registry,
            InstantSource clock) {
        return new FlowIngest(
                new FlowRows(jdbc),
                partitions,
                new KnownNics(jdbc, clock),
                new TransactionTemplate(transactions),
                settings,
                new FlowMeters(registry),
                clock);
    }

    @Bean
    FlowRetention flowRetention(
            FlowPartitions partitions, JdbcClient jdbc, FlowsProperties settings, InstantSource clock) {
        return new FlowRetention(partitions, jdbc, settings, clock);
    }

    @Bean
    SmartLifecycle flowUpkeep(
            FlowPartitions partitions, FlowRetention retention, Membership membership, InstantSource clock) {
        return new UpkeepLoop(partitions, retention, membership, clock);
    }

    /** Makes partitions ahead of time, and drops old ones; every few minutes, long before either is needed. */
    private static final class UpkeepLoop implements SmartLifecycle {

        private static final Logger LOG = LoggerFactory.getLogger(UpkeepLoop.class);
        private static final Duration EVERY = Duration.ofMinutes(5);

        private final FlowPartitions partitions;
        private final FlowRetention retention;
        private final Membership membership;
        private final InstantSource clock;
        private volatile @Nullable ScheduledExecutorService loop;

        private UpkeepLoop(
                FlowPartitions partitions, FlowRetention retention, Membership membership, InstantSource clock) {
            this.partitions = partitions;
            this.retention = retention;
            this.membership = membership;
            this.clock = clock;
        }

        @Override
        public void start() {
            ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("flow-upkeep").factory());
            loop = started;
            var unused = started.scheduleWithFixedDelay(this::look, 0, EVERY.toSeconds(), TimeUnit.SECONDS);
        }

        private void look() {
            try {
                partitions.ahead(clock.instant());
                if (membership.isMember() && membership.isEldest()) {
                    var unused = retention.sweep();
                }
            } catch (RuntimeException e) {
                // Whatever it is: a loop that throws is never run again.
                LOG.warn("Partitions of flows could not be looked after; it is tried again in five minutes", e);
            }
        }

        @Override
        public void stop() {
            ScheduledExecutorService ending = loop;
            loop = null;
            if (ending != null) {
                ending.shutdownNow();
            }
        }

        @Override
        public boolean isRunning() {
            return loop != null;
        }
    }
}
