package dev.meseta.manager.flows.internal;

import dev.meseta.manager.flows.internal.FlowPartitions.Partition;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Drops what is older than it has to be kept, and the oldest of what is more than there is room for. */
final class FlowRetention {

    private static final Logger LOG = LoggerFactory.getLogger(FlowRetention.class);

    private final FlowPartitions partitions;
    private final JdbcClient jdbc;
    private final FlowsProperties settings;
    private final InstantSource clock;

    FlowRetention(FlowPartitions partitions, JdbcClient jdbc, FlowsProperties settings, InstantSource clock) {
        this.partitions = partitions;
        this.jdbc = jdbc;
        this.settings = settings;
        this.clock = clock;
    }

    /** @return what was dropped */
    List<Partition> sweep() {
        Instant now = clock.instant();
        List<Partition> dropped = new ArrayList<>();
        List<Partition> kept = new ArrayList<>();
        for (Grain grain : Grain.values()) {
            Instant oldest = now.minus(settings.keep(grain));
            for (Partition partition : partitions.of(grain)) {
                (partition.to().isAfter(oldest) ? kept : dropped).add(partition);
            }
        }
        long bytes = kept.stream().mapToLong(Partition::bytes).sum();
        for (Partition partition : kept) {
            // Finest first, and of each the oldest: a day's sums tell longest for their size.
            if (bytes > settings.keepBytes().toBytes() && !partition.to().isAfter(now)) {
                dropped.add(partition);
                bytes -= partition.bytes();
            }
        }
        dropped.forEach(this::drop);
        forgetConversations(now);
        return dropped;
    }

    private void drop(Partition partition) {
        partitions.drop(partition);
        LOG.info(
                "Flows by {} from {} to {} were dropped, {} bytes",
                partition.grain().resolution(),
                partition.from(),
                partition.to(),
                partition.bytes());
    }

    /** A day later than the last sums of theirs, because when a conversation was seen last is not written at once. */
    private void forgetConversations(Instant now) {
        Duration longest = settings.keepDays();
        for (Grain grain : Grain.values()) {
            Duration keep = settings.keep(grain);
            longest = keep.compareTo(longest) > 0 ? keep : longest;
        }
        // Whole partitions are dropped: something of theirs may be there for as long as one is.
        Instant oldest =
                now.minus(longest).minusSeconds(Grain.DAY.partitionSeconds()).minus(Duration.ofDays(1));
        jdbc.sql("DELETE FROM flow_conversation WHERE last_seen < :oldest")
                .param("oldest", FlowRows.utc(oldest))
                .update();
        jdbc.sql("DELETE FROM flow_loss WHERE hour < :oldest")
                .param("oldest", FlowRows.utc(oldest))
                .update();
        jdbc.sql("""
                        DELETE FROM flow_vm g WHERE NOT EXISTS (SELECT FROM vm v WHERE v.id = g.id)
                            AND NOT EXISTS (SELECT FROM flow_conversation c WHERE c.client_vm_id = g.id)
                            AND NOT EXISTS (SELECT FROM flow_conversation c WHERE c.server_vm_id = g.id)""").update();
    }
}
