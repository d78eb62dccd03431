package dev.meseta.manager.flows.internal;

import dev.meseta.manager.agents.FlowBatch;
import dev.meseta.manager.flows.internal.Rollup.Taken;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/** How much is taken in, how long that takes, and what is lost. */
final class FlowMeters {

    private final MeterRegistry registry;
    private final Counter records;
    private final Counter conflicts;
    private final Timer stores;

    FlowMeters(MeterRegistry registry) {
        this.registry = registry;
        this.records = Counter.builder("meseta.flows.records")
                .description("Records of flows that were taken in")
                .register(registry);
        this.conflicts = Counter.builder("meseta.flows.batches.stale")
                .description("Batches of flows that another manager had taken in already")
                .register(registry);
        this.stores = Timer.builder("meseta.flows.store")
                .description("Storing of flows, of one or several hosts at once, with the resolution of their ends")
                .register(registry);
        for (String reason : new String[] {"without_room", "unreadable", "dropped", "refused", "unresolved", "late"}) {
            lost(reason, 0);
        }
    }

    Timer.Sample begin() {
        return Timer.start(registry);
    }

    void end(Timer.Sample sample) {
        sample.stop(stores);
    }

    void stale() {
        conflicts.increment();
    }

    /** After the commit. */
    void taken(FlowBatch batch, Taken taken) {
        records.increment((double) taken.records());
        lost("without_room", batch.losses().packetsWithoutRoom());
        lost("unreadable", batch.losses().packetsUnreadable());
        lost("dropped", batch.losses().recordsDropped());
        lost("refused", batch.refused());
        lost("unresolved", taken.unresolved());
        lost("late", taken.late());
    }

    /** The first two are packets, the others records. */
    private void lost(String reason, long count) {
        Counter.builder("meseta.flows.lost")
                .description("Traffic that is in no sum of flows: packets at hosts, then records of flows")
                .tag("reason", reason)
                .register(registry)
                .increment((double) count);
    }
}
