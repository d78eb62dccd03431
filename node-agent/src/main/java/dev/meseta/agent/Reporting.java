package dev.meseta.agent;

import dev.meseta.agent.errors.Failures;
import dev.meseta.agent.host.HostInformation;
import dev.meseta.agent.host.HostSampling;
import dev.meseta.agent.hypervisor.HypervisorException;
import dev.meseta.agent.watch.AgentEvent;
import dev.meseta.agent.watch.HostDescription;
import dev.meseta.agent.watch.WatchHub;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Tells watchers how the host fares, which is also the sign of life, and when what it is has changed. */
final class Reporting implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Reporting.class.getName());
    private static final long SAMPLE_EVERY_MS = 2_000;
    private static final long DESCRIBE_EVERY_MS = 30_000;

    private final HostInformation information;
    private final WatchHub hub;
    private final HostSampling sampling;
    private final AtomicBoolean describing = new AtomicBoolean();
    private @Nullable HostDescription last;
    private final ScheduledFuture<?> samples;
    private final ScheduledFuture<?> descriptions;

    private Reporting(
            HostInformation information,
            WatchHub hub,
            HostSampling sampling,
            ScheduledExecutorService scheduler,
            Executor executor) {
        this.information = information;
        this.hub = hub;
        this.sampling = sampling;
        this.samples = scheduler.scheduleAtFixedRate(this::sample, 0, SAMPLE_EVERY_MS, TimeUnit.MILLISECONDS);
        this.descriptions = scheduler.scheduleWithFixedDelay(
                () -> {
                    // The hypervisor may take its time; a sign of life must not wait for it.
                    if (describing.compareAndSet(false, true)) {
                        executor.execute(this::describe);
                    }
                },
                DESCRIBE_EVERY_MS,
                DESCRIBE_EVERY_MS,
                TimeUnit.MILLISECONDS);
    }

    static Reporting start(
            HostInformation information,
            WatchHub hub,
            HostSampling sampling,
            ScheduledExecutorService scheduler,
            Executor executor) {
        return new Reporting(information, hub, sampling, scheduler, executor);
    }

    private void sample() {
        try {
            hub.publish(new AgentEvent.StatisticsSampled(sampling.sample()));
        } catch (IOException | HypervisorException e) {
            LOG.log(System.Logger.Level.WARNING, "The host's statistics cannot be read", e);
        }
    }

    private void describe() {
        try {
            HostDescription now = information.describe();
            HostDescription before = last;
            last = now;
            if (!now.equals(before)) {
                hub.publish(new AgentEvent.HostDescribed(now));
            }
        } catch (HypervisorException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The host cannot be described: {0}",
                    Failures.of(e).detail());
        } finally {
            describing.set(false);
        }
    }

    @Override
    public void close() {
        samples.cancel(false);
        descriptions.cancel(false);
    }
}
