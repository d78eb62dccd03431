package dev.meseta.agent.flows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.agent.hypervisor.Vnic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class FlowFeedTest {

    private static final Instant NOW = Instant.parse("2026-05-01T00:00:00Z");
    private static final UUID ID = new UUID(1, 2);
    private static final Vnic VNIC = new Vnic(ID, ID, ID, Vnic.tapOf(ID));
    private static final FlowKey KEY = new FlowKey(1, 0, 0, 0, 0, 0, FlowKey.IPV4, 0, 1, 2, 0, 17, 0);

    private long batches;
    private long records;
    private FlowFeed feed = newFeed(10, 100);

    private FlowFeed newFeed(int mostRecords, int mostBatches) {
        return new FlowFeed(
                "numbering",
                FlowSource.DATAPATH,
                new FlowPosition(batches, records, 0, 0),
                new FlowFeed.Bounds(mostRecords, mostBatches));
    }

    private static List<FlowRecord> some(int number) {
        return Collections.nCopies(
                number,
                new FlowRecord(7, VNIC, KEY, 1, 2, FlowCounters.NONE, 0, 0, 1, 2, Initiator.LOCAL, 0, 0, false));
    }

    private void publish(int number) {
        publish(number, 0, 0);
    }

    private void publish(int number, long withoutRoom, long unreadable) {
        batches++;
        records += number;
        feed.publish(NOW, some(number), new FlowPosition(batches, records, withoutRoom, unreadable));
    }

    private static List<FlowBatch> all(FlowFeed.Watcher watcher) {
        List<FlowBatch> all = new ArrayList<>();
        for (Optional<FlowBatch> next = watcher.poll(); next.isPresent(); next = watcher.poll()) {
            all.add(next.get());
        }
        return all;
    }

    private static List<Integer> sizes(List<FlowBatch> batches) {
        return batches.stream().map(batch -> batch.flows().size()).toList();
    }

    @Test
    void aWatcherGetsWhatIsKeptAndWhatComesEmptyOnesToo() {
        publish(2);
        AtomicInteger woken = new AtomicInteger();
        try (FlowFeed.Watcher watcher = feed.watch("", woken::incrementAndGet)) {
            publish(0);
            publish(3);
            assertThat(woken).hasValue(2);
            List<FlowBatch> got = all(watcher);
            assertThat(sizes(got)).containsExactly(2, 0, 3);
            assertThat(got).allSatisfy(batch -> {
                assertThat(batch.losses()).isEqualTo(FlowLosses.NONE);
                assertThat(batch.takenAt()).isEqualTo(NOW);
                assertThat(batch.source()).isEqualTo(FlowSource.DATAPATH);
            });
        }
        publish(1);
        assertThat(woken).as("nobody watches any more").hasValue(2);
    }

    @Test
    void aTokenResumesRightAfterItsBatch() {
        publish(2);
        publish(3);
        publish(4);
        try (FlowFeed.Watcher watcher = feed.watch("", () -> {})) {
            String first = watcher.poll().orElseThrow().resumeToken();
            assertThat(sizes(all(feed.watch(first, () -> {})))).containsExactly(3, 4);
            String last = all(watcher).getLast().resumeToken();
            assertThat(all(feed.watch(last, () -> {}))).isEmpty();
        }
    }

    @Test
    void whatTheRingHasNoMoreIsCounted() {
        publish(4);
        String token = feed.watch("", () -> {}).poll().orElseThrow().resumeToken();
        FlowFeed.Watcher slow = feed.watch(token, () -> {});
        publish(4);
        publish(5);
        publish(6);

        List<FlowBatch> got = all(slow);
        assertThat(sizes(got)).as("no more than ten records are kept").containsExactly(6);
        assertThat(got.getFirst().losses()).isEqualTo(new FlowLosses(0, 0, 9));
        FlowBatch resumed = all(feed.watch(token, () -> {})).getFirst();
        assertThat(resumed.losses().recordsDropped()).isEqualTo(9);
        assertThat(all(feed.watch("", () -> {})).getFirst().losses())
                .as("who never watched has lost nothing")
                .isEqualTo(FlowLosses.NONE);
    }

    @Test
    void lossesOfBatchesThatAreNoMoreAreNotForgotten() {
        feed = newFeed(100, 2);
        publish(1, 1, 10);
        String token = feed.watch("", () -> {}).poll().orElseThrow().resumeToken();
        publish(0, 3, 10);
        publish(0, 3, 15);
        publish(0, 4, 20);
        List<FlowBatch> got = all(feed.watch(token, () -> {}));
        assertThat(got).hasSize(2);
        assertThat(got.getFirst().losses()).isEqualTo(new FlowLosses(2, 5, 0));
        assertThat(got.getLast().losses()).isEqualTo(new FlowLosses(1, 5, 0));
    }

    @Test
    void recordsThatWereMadeAndAreInNoBatchAreDropped() {
        publish(1);
        FlowFeed.Watcher watcher = feed.watch("", () -> {});
        records += 3;
        publish(2);
        assertThat(all(watcher).stream().map(batch -> batch.losses().recordsDropped()))
                .containsExactly(0L, 3L);
    }

    @Test
    void theNextLifeGoesOnCounting() {
        publish(4);
        String token = feed.watch("", () -> {}).poll().orElseThrow().resumeToken();
        publish(5);
        feed = newFeed(10, 100);
        FlowFeed.Watcher watcher = feed.watch(token, () -> {});
        assertThat(watcher.poll()).isEmpty();
        publish(1);
        List<FlowBatch> got = all(watcher);
        assertThat(sizes(got)).containsExactly(1);
        assertThat(got.getFirst().losses()).isEqualTo(new FlowLosses(0, 0, 5));
    }

    @Test
    void foreignTokensBeginWithWhatIsKept() {
        publish(1);
        publish(2);
        for (String token : List.of("other:1:1:0:0", "x", "numbering:1", "numbering:1:1:0:-1", "numbering:a:1:0:0")) {
            assertThat(sizes(all(feed.watch(token, () -> {})))).as(token).containsExactly(1, 2);
        }
    }

    @Test
    void aBatchLargerThanTheRingIsKeptUntilTheNext() {
        publish(50);
        FlowFeed.Watcher watcher = feed.watch("", () -> {});
        assertThat(sizes(all(watcher))).containsExactly(50);
    }

    @Test
    void tapsAreNamedByTheRandomEndOfTheirId() {
        UUID id = UUID.fromString("0197b7c5-6d1e-7a43-9c2f-1d2e3f405162");
        assertThat(Vnic.tapOf(id)).isEqualTo("mst1d2e3f405162");
        assertThat(Vnic.isTap(Vnic.tapOf(id))).isTrue();
        assertThat(Vnic.isTap(Vnic.tapOf(new UUID(0, 0)))).isTrue();
        for (String other : List.of("vnet0", "msb16777215", "mst1d2e3f40516", "mst1d2e3f40516G", "msx1d2e3f405162")) {
            assertThat(Vnic.isTap(other)).as(other).isFalse();
        }
    }
}
