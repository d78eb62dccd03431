package dev.meseta.manager.flows.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.agents.FlowBatch;
import dev.meseta.manager.agents.FlowRecord;
import dev.meseta.manager.agents.FlowRecord.Initiator;
import dev.meseta.manager.agents.HostFlows.Position;
import dev.meseta.manager.flows.internal.FlowWorld.Guest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How many records a second one manager takes in, database and all on this machine. Only prints: machines differ. */
@Tag("integration")
class FlowLoadTest {

    private static final int HOSTS = 20;
    private static final int GUESTS = 400;
    private static final int CONVERSATIONS = 20_000;
    private static final int ROUNDS = 6;

    @Test
    void batches_of_many_hosts() throws InterruptedException, ExecutionException {
        try (FlowWorld world = new FlowWorld()) {
            FlowIngest manager = world.manager();
            List<Guest> guests = new ArrayList<>();
            for (int i = 0; i < GUESTS; i++) {
                guests.add(world.guest(world.network));
            }
            List<UUID> hosts = new ArrayList<>();
            for (int i = 0; i < HOSTS; i++) {
                hosts.add(world.host());
            }
            List<Position> positions =
                    new ArrayList<>(hosts.stream().map(manager::position).toList());
            long records = 0;
            for (int round = 0; round < ROUNDS; round++) {
                List<List<FlowRecord>> batches = batches(world, guests);
                long begun = System.nanoTime();
                List<Future<Position>> taken = new ArrayList<>();
                try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                    for (int h = 0; h < HOSTS; h++) {
                        UUID host = hosts.get(h);
                        Position after = positions.get(h);
                        FlowBatch batch = world.batch("t" + round, batches.get(h));
                        taken.add(threads.submit(
                                () -> manager.take(host, after, batch).orElseThrow()));
                    }
                }
                long count = batches.stream().mapToLong(List::size).sum();
                records += count;
                double seconds = (System.nanoTime() - begun) / 1e9;
                System.out.printf(
                        "round %d: %,d records of %,d conversations in %.2f s: %,.0f records/s%n",
                        round, count, CONVERSATIONS, seconds, count / seconds);
                for (int h = 0; h < HOSTS; h++) {
                    positions.set(h, taken.get(h).get());
                }
                world.clock.advance(Duration.ofSeconds(20));
            }
            assertThat(world.jdbc
                            .sql("SELECT CAST(sum(c_records + s_records) AS bigint) FROM flow_day")
                            .query(Long.class)
                            .single())
                    .isEqualTo(records);
        }
    }

    /** What each table costs, apart from resolving and adding up. */
    @Test
    void each_table() {
        try (FlowWorld world = new FlowWorld()) {
            FlowRows rows = new FlowRows(world.jdbc);
            List<Guest> guests = List.of(world.guest(world.network), world.guest(world.network));
            FlowRecord record = world.byClient(guests.getFirst(), guests.getLast());
            List<UUID> ids = new ArrayList<>();
            for (int i = 0; i < CONVERSATIONS; i++) {
                ids.add(UUID.randomUUID());
            }
            for (int round = 0; round < 4; round++) {
                StringBuilder line = new StringBuilder("round " + round + ":");
                for (Grain grain : Grain.values()) {
                    world.partitions.ensure(grain, world.clock.instant().getEpochSecond());
                    Map<Rollup.BucketKey, Counts> buckets = new HashMap<>();
                    for (UUID id : ids) {
                        Counts counts = new Counts();
                        counts.add(record, true, record.lastSeen());
                        buckets.put(
                                new Rollup.BucketKey(
                                        id, grain.bucket(world.clock.instant().getEpochSecond())),
                                counts);
                    }
                    long begun = System.nanoTime();
                    rows.buckets(grain, buckets);
                    line.append(" %s %d ms".formatted(grain, (System.nanoTime() - begun) / 1_000_000));
                }
                System.out.printf("%s for %,d rows each%n", line, CONVERSATIONS);
            }
            assertThat(world.jdbc
                            .sql("SELECT c_records FROM flow_day LIMIT 1")
                            .query(Long.class)
                            .single())
                    .isEqualTo(4);
        }
    }

    /** Both ends of every conversation, each at the host of its VM. */
    private static List<List<FlowRecord>> batches(FlowWorld world, List<Guest> guests) {
        Random random = new Random(1);
        List<List<FlowRecord>> batches = new ArrayList<>();
        for (int h = 0; h < HOSTS; h++) {
            batches.add(new ArrayList<>());
        }
        for (int i = 0; i < CONVERSATIONS; i++) {
            int client = random.nextInt(GUESTS);
            int server = (client + 1 + random.nextInt(GUESTS - 1)) % GUESTS;
            int port = 1 + random.nextInt(1_000);
            Guest from = guests.get(client);
            Guest to = guests.get(server);
            batches.get(client % HOSTS).add(world.record(from, to.address(), to.mac(), 40_000, port, Initiator.LOCAL));
            batches.get(server % HOSTS)
                    .add(world.record(to, from.address(), from.mac(), port, 40_000, Initiator.REMOTE));
        }
        return batches;
    }
}
