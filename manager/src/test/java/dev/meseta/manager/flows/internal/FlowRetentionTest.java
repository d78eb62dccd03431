package dev.meseta.manager.flows.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.flows.FlowQuery;
import dev.meseta.manager.flows.Flows.Resolution;
import dev.meseta.manager.flows.internal.FlowPartitions.Partition;
import dev.meseta.manager.flows.internal.FlowWorld.Guest;
import dev.meseta.manager.shared.query.ListRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.unit.DataSize;

/** What is kept for how long, by a clock that the test moves. */
@Tag("integration")
class FlowRetentionTest {

    private final FlowWorld world = new FlowWorld();
    private final FlowIngest manager = world.manager();
    private final UUID host = world.host();
    private final Guest client = world.guest(world.network);
    private final Guest server = world.guest(world.network);

    @AfterEach
    void close() {
        world.close();
    }

    private FlowRetention retention(DataSize keepBytes) {
        FlowsProperties settings = FlowWorld.SETTINGS;
        return new FlowRetention(
                world.partitions,
                world.jdbc,
                new FlowsProperties(settings.keepMinutes(), settings.keepHours(), settings.keepDays(), keepBytes),
                world.clock);
    }

    private void talk() {
        world.take(manager, host, world.byClient(client, server));
    }

    private long rows(String table) {
        return world.jdbc.sql("SELECT count(*) FROM " + table).query(Long.class).single();
    }

    @Test
    void partitions_are_there_before_they_are_needed_and_two_managers_may_make_them_at_once()
            throws InterruptedException, ExecutionException {
        List<Future<?>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 4; i++) {
                FlowPartitions one = new FlowPartitions(world.jdbc, new TransactionTemplate(world.transactions));
                running.add(threads.submit(() -> one.ahead(world.clock.instant())));
            }
        }
        for (Future<?> each : running) {
            each.get();
        }
        for (Grain grain : Grain.values()) {
            assertThat(world.partitions.of(grain)).as(grain.name()).hasSize(3);
        }
        assertThat(world.partitions.of(Grain.MINUTE).getFirst().from()).isEqualTo(world.clock.instant());
    }

    @Test
    void each_table_is_kept_as_long_as_it_says_and_answers_for_the_finer_one_afterwards() {
        FlowRetention retention = retention(DataSize.ofGigabytes(1));
        Instant then = world.clock.instant();
        talk();
        assertThat(retention.sweep()).isEmpty();
        assertThat(found(then)).isEqualTo(Resolution.MINUTE);

        world.clock.advance(Duration.ofDays(2).plusHours(1));
        assertThat(retention.sweep()).extracting(Partition::grain).containsExactly(Grain.MINUTE);
        assertThat(found(then)).isEqualTo(Resolution.HOUR);

        world.clock.advance(Duration.ofDays(30));
        assertThat(retention.sweep()).extracting(Partition::grain).containsExactly(Grain.HOUR);
        assertThat(found(then)).isEqualTo(Resolution.DAY);
        assertThat(rows("flow_conversation")).isEqualTo(1);

        world.clock.advance(Duration.ofDays(400));
        assertThat(retention.sweep()).extracting(Partition::grain).containsExactly(Grain.DAY);
        assertThat(rows("flow_day")).isZero();
        // Who talked to whom is forgotten with the last sums.
        world.clock.advance(Duration.ofDays(31));
        assertThat(retention.sweep()).isEmpty();
        assertThat(rows("flow_conversation")).isZero();
        assertThat(rows("flow_loss")).isZero();
        assertThat(rows("flow_vm")).as("of VMs that are still there").isEqualTo(2);
        world.delete(client);
        retention.sweep();
        assertThat(rows("flow_vm")).isEqualTo(1);
    }

    private Resolution found(Instant then) {
        var page = world.flows()
                .conversations(
                        new FlowQuery(then.minusSeconds(60), then.plusSeconds(60), "", null),
                        ListRequest.of(null, null, null, null));
        assertThat(page.items()).hasSize(1);
        return page.resolution();
    }

    @Test
    void with_less_room_the_oldest_minutes_go_first_and_what_is_being_written_never() {
        for (int hour = 0; hour < 5; hour++) {
            talk();
            world.clock.advance(Duration.ofHours(1));
        }
        talk();
        long all = size();
        List<Partition> minutes = world.partitions.of(Grain.MINUTE);
        assertThat(minutes).hasSize(6);

        assertThat(retention(DataSize.ofBytes(all)).sweep()).isEmpty();
        assertThat(retention(DataSize.ofBytes(all - 1)).sweep())
                .extracting(Partition::from)
                .containsExactly(minutes.getFirst().from());
        assertThat(retention(DataSize.ofBytes(1)).sweep()).hasSize(4);
        assertThat(world.partitions.of(Grain.MINUTE))
                .extracting(Partition::from)
                .containsExactly(minutes.getLast().from());
        assertThat(rows("flow_hour")).isEqualTo(6);

        world.clock.advance(Duration.ofDays(1));
        assertThat(retention(DataSize.ofBytes(1)).sweep())
                .extracting(Partition::grain)
                .containsExactly(Grain.MINUTE, Grain.HOUR);
    }

    private long size() {
        long size = 0;
        for (Grain grain : Grain.values()) {
            size += world.partitions.of(grain).stream()
                    .mapToLong(Partition::bytes)
                    .sum();
        }
        return size;
    }

    @Test
    void what_comes_in_late_finds_its_partition_made_again() {
        talk();
        var late = world.byClient(client, server);
        world.partitions
                .of(Grain.MINUTE)
                .forEach(partition ->
                        new FlowPartitions(world.jdbc, new TransactionTemplate(world.transactions)).drop(partition));
        // This manager does not know that another one has dropped it.
        world.take(manager, host, late);

        assertThat(rows("flow_minute")).isEqualTo(1);
        assertThat(world.jdbc
                        .sql("SELECT c_records FROM flow_hour")
                        .query(Long.class)
                        .single())
                .isEqualTo(2);
    }

    @Test
    void a_pair_that_was_not_seen_before_is_new_whatever_it_is_about() {
        Guest third = world.guest(world.network);
        talk();
        world.clock.advance(Duration.ofHours(3));
        Instant since = world.clock.instant().minusSeconds(1);
        world.take(
                manager,
                host,
                world.byClient(client, server),
                world.record(
                        client,
                        server.address(),
                        server.mac(),
                        40_000,
                        22,
                        dev.meseta.manager.agents.FlowRecord.Initiator.LOCAL),
                world.byClient(server, client),
                world.byClient(client, third));

        assertThat(world.flows()
                        .newSince(since, ListRequest.of(null, null, null, null))
                        .items())
                .extracting(
                        found -> found.client().vmId() + " " + found.server().vmId())
                .containsExactlyInAnyOrder(server.vm() + " " + client.vm(), client.vm() + " " + third.vm());
    }
}
