package dev.meseta.agent.flows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.agent.hypervisor.Vnic;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Against a table in memory, whose time and races are the test's. */
@Tag("unit")
class FlowCollectorTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final int FIN_ACK = 0x11;
    private static final Vnic VNIC =
            new Vnic(UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID(), Vnic.tapOf(UUID.randomUUID()));

    private final Table table = new Table();
    private final Vnics vnics = new Vnics();
    private FlowCollector collector = newCollector();
    private FlowFeed.Watcher watcher = collector.feed().watch("", () -> {});

    private FlowCollector newCollector() {
        vnics.present(1);
        vnics.identify(1, VNIC);
        return new FlowCollector(
                table,
                vnics,
                InstantSource.fixed(Instant.EPOCH.plusSeconds(1_000)),
                FlowCollector.Patience.DEFAULT,
                FlowFeed.Bounds.OF_HOST);
    }

    private static final class Table implements FlowTable {

        private final Map<FlowKey, FlowState> flows = new LinkedHashMap<>();
        private final Map<Long, FlowTold> reported = new HashMap<>();
        private Progress progress = new Progress("test", 0, 0);
        private long now = 500 * SECOND;
        private long seen;
        private int readings;
        private Runnable beforeTaking = () -> {};

        /** A packet of 100 bytes from the guest. */
        private void packet(FlowKey key, long flowId, int flags) {
            seen++;
            FlowState old = flows.get(key);
            FlowCounters counters = old == null ? FlowCounters.NONE : old.counters();
            flows.put(
                    key,
                    new FlowState(
                            key,
                            flowId,
                            old == null ? now : old.firstSeen(),
                            now,
                            new FlowCounters(counters.bytesOut() + 100, counters.packetsOut() + 1, 0, 0, 0, 0, 0, 0),
                            flags,
                            flags,
                            1,
                            2,
                            Initiator.LOCAL,
                            0,
                            0));
        }

        @Override
        public long now() {
            return now;
        }

        @Override
        public Packets packets() {
            return new Packets(seen, 0, 0);
        }

        @Override
        public void forEach(Visitor visitor) {
            readings++;
            List.copyOf(flows.values()).forEach(state -> visitor.flow(new PlainRow(state)));
        }

        @Override
        public Optional<FlowState> take(FlowKey key) {
            beforeTaking.run();
            return Optional.ofNullable(flows.remove(key));
        }

        @Override
        public Map<Long, FlowTold> reported() {
            return reported;
        }

        @Override
        public void report(Map<Long, FlowTold> told) {
            reported.putAll(told);
        }

        @Override
        public void forget(Collection<Long> flowIds) {
            flowIds.forEach(reported::remove);
        }

        @Override
        public Progress progress() {
            return progress;
        }

        @Override
        public void progress(Progress next) {
            progress = next;
        }
    }

    private record PlainRow(FlowState state) implements FlowTable.Row {

        @Override
        public int vnic() {
            return state.key().vnic();
        }

        @Override
        public long flowId() {
            return state.flowId();
        }

        @Override
        public long packets() {
            return state.counters().packets();
        }

        @Override
        public long lastSeen() {
            return state.lastSeen();
        }

        @Override
        public boolean hasEnded() {
            return (state.tcpFlagsOut() & state.tcpFlagsIn() & 1) != 0;
        }

        @Override
        public boolean isRetired() {
            return state.key().retired() != 0;
        }
    }

    private static FlowKey key(int vnic, int retired, int port) {
        return new FlowKey(vnic, retired, 10L << 56, 0, (10L << 56) | 1, 0, FlowKey.IPV4, 0, port, 80, 0, 6, 0);
    }

    private static FlowKey key(int port) {
        return key(1, 0, port);
    }

    private List<FlowBatch> round() {
        collector.round();
        List<FlowBatch> all = new ArrayList<>();
        for (Optional<FlowBatch> next = watcher.poll(); next.isPresent(); next = watcher.poll()) {
            all.add(next.get());
        }
        return all;
    }

    private List<FlowRecord> records() {
        return round().stream().flatMap(batch -> batch.flows().stream()).toList();
    }

    @Test
    void tellsWhatCameSince() {
        table.packet(key(1), 11, 0);
        assertThat(records()).hasSize(1);
        table.packet(key(1), 11, 0);
        table.packet(key(1), 11, 0);
        FlowRecord news = records().getFirst();
        assertThat(news.counters().packetsOut()).isEqualTo(2);
        assertThat(news.counters().bytesOut()).isEqualTo(200);
        assertThat(news.firstSeenNanos()).isEqualTo(1_000 * SECOND);
        assertThat(news.vnic()).isEqualTo(VNIC);
        assertThat(records()).isEmpty();
    }

    @Test
    void aQuietTableIsNotRead() {
        table.packet(key(1), 11, 0);
        assertThat(records()).hasSize(1);
        int readings = table.readings;
        for (int second = 0; second < 59; second++) {
            table.now += SECOND;
            assertThat(round()).as("an empty batch is a sign of life").hasSize(1);
        }
        assertThat(table.readings).isEqualTo(readings);

        table.now += SECOND;
        FlowRecord idle = records().getFirst();
        assertThat(idle.ended()).isTrue();
        assertThat(idle.counters().packets()).isZero();
        assertThat(table.flows).isEmpty();
        assertThat(table.reported).isEmpty();
    }

    @Test
    void whatEndedWaitsForTheLastAcknowledgement() {
        table.packet(key(1), 11, FIN_ACK);
        assertThat(records().getFirst().ended()).isFalse();
        table.packet(key(1), 11, FIN_ACK);
        table.now += 2 * SECOND;
        FlowRecord last = records().getFirst();
        assertThat(last.ended()).isTrue();
        assertThat(last.counters().packetsOut()).isEqualTo(1);
    }

    @Test
    void aPacketBetweenReadingAndTakingOutIsTold() {
        table.packet(key(1), 11, 0);
        assertThat(records()).hasSize(1);
        table.now += 60 * SECOND;
        table.beforeTaking = () -> table.packet(key(1), 11, 0);
        FlowRecord last = records().getFirst();
        assertThat(last.ended()).isTrue();
        assertThat(last.counters().packetsOut()).isEqualTo(1);
    }

    @Test
    void whatWasRetiredIsTakenOutAtOnce() {
        table.packet(key(1, 99, 1), 11, FIN_ACK);
        table.packet(key(1), 12, 0);
        assertThat(records().stream().map(record -> record.flowId() + " " + record.ended()))
                .containsExactlyInAnyOrder("11 true", "12 false");
        assertThat(table.flows).containsOnlyKeys(key(1));
    }

    @Test
    void flowsOfATapThatIsGoneEndAndThenItIsForgotten() {
        table.packet(key(1), 11, 0);
        vnics.gone(1);
        FlowRecord last = records().getFirst();
        assertThat(last.ended()).isTrue();
        assertThat(last.vnic()).isEqualTo(VNIC);
        assertThat(vnics.find(1)).isEmpty();
        assertThat(vnics.departed()).isEmpty();
    }

    @Test
    void flowsOfNobodyWaitAndAreDroppedWithTheTap() {
        vnics.present(2);
        table.packet(key(2, 0, 1), 11, 0);
        assertThat(records()).isEmpty();
        assertThat(table.flows).hasSize(1);
        vnics.gone(2);
        table.seen++;
        List<FlowBatch> batches = round();
        assertThat(batches.getFirst().losses().recordsDropped()).isEqualTo(1);
        assertThat(table.flows).isEmpty();
    }

    @Test
    void theNextLifeTellsNothingTwice() {
        table.packet(key(1), 11, 0);
        String token = round().getLast().resumeToken();
        table.packet(key(1), 11, 0);
        collector = newCollector();
        watcher = collector.feed().watch(token, () -> {});
        FlowBatch batch = round().getFirst();
        assertThat(batch.flows().getFirst().counters().packetsOut()).isEqualTo(1);
        assertThat(batch.losses()).isEqualTo(FlowLosses.NONE);
    }

    @Test
    void manyRecordsComeInSeveralBatchesWithoutALoss() {
        for (int port = 1; port <= 7_000; port++) {
            table.packet(key(port), port, 0);
        }
        List<FlowBatch> batches = round();
        assertThat(batches.stream().map(batch -> batch.flows().size())).containsExactly(3_000, 3_000, 1_000);
        assertThat(batches).allSatisfy(batch -> assertThat(batch.losses()).isEqualTo(FlowLosses.NONE));
        String second = batches.get(1).resumeToken();
        FlowFeed.Watcher resumed = collector.feed().watch(second, () -> {});
        assertThat(resumed.poll().orElseThrow().flows()).hasSize(1_000);
    }
}
