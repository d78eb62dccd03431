package dev.meseta.agent.flows;

import dev.meseta.agent.hypervisor.HostFacts;
import dev.meseta.agent.hypervisor.Vnic;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Traffic of a simulated host: short TCP conversations of its guests with addresses of one private network, each told of in
 * one record. There is none until a rate is set. Goes on while agents come and go, as a host's guests do.
 */
public final class SimulatedFlows {

    private static final FlowFeed.Bounds BOUNDS = new FlowFeed.Bounds(20_000, 64);
    private static final int TCP = 6;
    private static final int FIN_SYN_ACK = 0x13;
    private static final int LOWEST_FREE_PORT = 32_768;
    private static final int HIGHEST_PORT = 65_535;
    private static final int[] SERVICES = {22, 53, 80, 443, 3306, 5432, 6379, 8080};
    private static final int PRIVATE_NETWORK = 10 << 24;
    private static final int NETWORK_ADDRESSES = 1 << 16;
    private static final int IPV4_SHIFT = 32;
    private static final long LOCALLY_ADMINISTERED = 0x5254L << 32;
    private static final int HEADERS = 66;
    private static final int PAYLOAD = 1448;
    private static final long NANOS = 1_000_000_000;

    private final Supplier<List<Vnic>> vnics;
    private final SplittableRandom random;
    private volatile int rate;

    /** @param vnics of the guests that run here now */
    public SimulatedFlows(Supplier<List<Vnic>> vnics, long seed) {
        this.vnics = vnics;
        this.random = new SplittableRandom(seed);
    }

    /** @param recordsPerSecond of all guests of the host together, from now on */
    public void rate(int recordsPerSecond) {
        if (recordsPerSecond < 0) {
            throw new IllegalArgumentException("a rate is 0 or more, not " + recordsPerSecond);
        }
        rate = recordsPerSecond;
    }

    /** What an agent of the host sees of it. */
    public Flows open(Flows.Given given) {
        return new Life(given);
    }

    private synchronized List<FlowRecord> secondOf(Instant now) {
        List<Vnic> here = rate == 0 ? List.of() : vnics.get();
        List<FlowRecord> records = new ArrayList<>();
        for (int made = 0; !here.isEmpty() && made < rate; made++) {
            records.add(record(here.get(random.nextInt(here.size())), now));
        }
        return records;
    }

    private FlowRecord record(Vnic vnic, Instant now) {
        long end = now.getEpochSecond() * NANOS + now.getNano() - random.nextLong(NANOS);
        int packets = random.nextInt(3, 40);
        boolean client = random.nextBoolean();
        int service = SERVICES[random.nextInt(SERVICES.length)];
        int port = random.nextInt(LOWEST_FREE_PORT, HIGHEST_PORT + 1);
        int index = vnic.nicId().hashCode() & 0x7fff_ffff;
        return new FlowRecord(
                random.nextLong(),
                vnic,
                new FlowKey(
                        index,
                        0,
                        address(index),
                        0,
                        address(random.nextInt()),
                        0,
                        FlowKey.IPV4,
                        0,
                        client ? port : service,
                        client ? service : port,
                        0,
                        TCP,
                        0),
                client ? port : service,
                client ? service : port,
                new FlowCounters(
                        packets * (long) HEADERS,
                        packets,
                        packets * (long) (HEADERS + random.nextInt(PAYLOAD)),
                        packets,
                        0,
                        random.nextInt(20) == 0 ? 1 : 0,
                        0,
                        random.nextInt(50, 2_000)),
                FIN_SYN_ACK,
                FIN_SYN_ACK,
                LOCALLY_ADMINISTERED | index,
                LOCALLY_ADMINISTERED | random.nextInt(NETWORK_ADDRESSES),
                client ? Initiator.LOCAL : Initiator.REMOTE,
                end - random.nextLong(NANOS),
                end,
                true);
    }

    private static long address(int any) {
        return (long) (PRIVATE_NETWORK | (any & (NETWORK_ADDRESSES - 1))) << IPV4_SHIFT;
    }

    private final class Life implements Flows {

        private final InstantSource clock;
        private final FlowFeed feed;
        private final ScheduledFuture<?> seconds;
        private FlowPosition position = FlowPosition.BEGIN;

        private Life(Given given) {
            this.clock = given.clock();
            this.feed = new FlowFeed(UUID.randomUUID().toString(), FlowSource.DATAPATH, FlowPosition.BEGIN, BOUNDS);
            publish(clock.instant(), List.of());
            this.seconds = given.scheduler().scheduleAtFixedRate(this::second, 1, 1, TimeUnit.SECONDS);
        }

        /** Silence is not told each second: there are thousands of such hosts in a process. */
        private void second() {
            Instant now = clock.instant();
            List<FlowRecord> records = secondOf(now);
            for (int begin = 0; begin < records.size(); begin += FlowCollector.LARGEST_BATCH) {
                publish(now, records.subList(begin, Math.min(begin + FlowCollector.LARGEST_BATCH, records.size())));
            }
        }

        private void publish(Instant now, List<FlowRecord> records) {
            position = new FlowPosition(position.batches() + 1, position.records() + records.size(), 0, 0);
            feed.publish(now, records, position);
        }

        @Override
        public FlowFeed feed() {
            return feed;
        }

        @Override
        public List<String> capabilities() {
            return List.of(CAPABILITY);
        }

        @Override
        public Optional<HostFacts.Condition> condition() {
            return Optional.empty();
        }

        @Override
        public void close() {
            seconds.cancel(false);
        }
    }
}
