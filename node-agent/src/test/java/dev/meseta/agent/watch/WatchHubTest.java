package dev.meseta.agent.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class WatchHubTest {

    private final List<AgentEvent> present = new ArrayList<>();
    private final WatchHub hub = new WatchHub("life-1", 4, () -> List.copyOf(present));

    private static AgentEvent event(int number) {
        return new AgentEvent.StatisticsSampled(new HostSample(Instant.EPOCH.plusSeconds(number), number, 0, 0));
    }

    private static List<WatchItem> drain(WatchHub.Watcher watcher) {
        List<WatchItem> items = new ArrayList<>();
        for (Optional<WatchItem> item = watcher.poll(); item.isPresent(); item = watcher.poll()) {
            items.add(item.get());
        }
        return items;
    }

    private static List<Integer> numbers(List<WatchItem> items) {
        return items.stream()
                .flatMap(item -> item.content() instanceof WatchItem.Event shown
                                && shown.event() instanceof AgentEvent.StatisticsSampled sampled
                        ? java.util.stream.Stream.of((int) sampled.sample().cpuUsagePercent())
                        : java.util.stream.Stream.empty())
                .toList();
    }

    @Test
    void aNewWatcherGetsASnapshotItsEndAndThenChanges() {
        present.add(event(100));
        hub.publish(event(1));
        AtomicInteger wakes = new AtomicInteger();
        try (WatchHub.Watcher watcher = hub.watch("", wakes::incrementAndGet)) {
            List<WatchItem> items = drain(watcher);
            assertThat(numbers(items)).containsExactly(100);
            assertThat(items.getLast().content()).isInstanceOf(WatchItem.SnapshotEnd.class);
            assertThat(items.getFirst().resumeToken()).isEmpty();
            hub.publish(event(2));
            assertThat(wakes).hasValue(1);
            List<WatchItem> changes = drain(watcher);
            assertThat(numbers(changes)).containsExactly(2);
            assertThat(changes.getFirst().sequence())
                    .isGreaterThan(items.getLast().sequence());
        }
        hub.publish(event(3));
        assertThat(wakes).hasValue(1);
    }

    @Test
    void resumesRightAfterTheToken() {
        String token;
        try (WatchHub.Watcher watcher = hub.watch("", () -> {})) {
            token = drain(watcher).getLast().resumeToken();
            hub.publish(event(1));
            hub.publish(event(2));
            assertThat(numbers(drain(watcher))).containsExactly(1, 2);
        }
        hub.publish(event(3));
        try (WatchHub.Watcher watcher = hub.watch(token, () -> {})) {
            List<WatchItem> items = drain(watcher);
            assertThat(numbers(items)).containsExactly(1, 2, 3);
            assertThat(items).allMatch(item -> item.content() instanceof WatchItem.Event);
            token = items.getLast().resumeToken();
        }
        try (WatchHub.Watcher watcher = hub.watch(token, () -> {})) {
            assertThat(drain(watcher)).isEmpty();
        }
    }

    @Test
    void tokensThatAreTooOldForeignOrNonsenseBeginWithASnapshot() {
        String old;
        try (WatchHub.Watcher watcher = hub.watch("", () -> {})) {
            old = drain(watcher).getLast().resumeToken();
        }
        for (int i = 0; i < 10; i++) {
            hub.publish(event(i));
        }
        for (String token : List.of(old, "life-0:1", "life-1:999", "life-1:-1", "life-1:x", "nonsense")) {
            try (WatchHub.Watcher watcher = hub.watch(token, () -> {})) {
                assertThat(drain(watcher).getFirst().content()).as(token).isInstanceOf(WatchItem.SnapshotEnd.class);
            }
        }
    }

    @Test
    void aSlowWatcherIsToldHowMuchItMissedAndGetsANewSnapshot() {
        try (WatchHub.Watcher watcher = hub.watch("", () -> {})) {
            drain(watcher);
            for (int i = 0; i < 10; i++) {
                hub.publish(event(i));
            }
            present.add(event(100));
            List<WatchItem> items = drain(watcher);
            assertThat(items.getFirst().content()).isEqualTo(new WatchItem.LostEvents(6));
            assertThat(numbers(items)).containsExactly(100);
            assertThat(items.getLast().content()).isInstanceOf(WatchItem.SnapshotEnd.class);
            hub.publish(event(11));
            assertThat(numbers(drain(watcher))).containsExactly(11);
        }
    }

    @Test
    void whatChangesWhileTheSnapshotIsTakenComesAfterIt() {
        List<WatchHub> self = new ArrayList<>();
        WatchHub racing = new WatchHub("life", 4, () -> {
            self.getFirst().publish(event(7));
            return List.of(event(100));
        });
        self.add(racing);
        try (WatchHub.Watcher watcher = racing.watch("", () -> {})) {
            assertThat(numbers(drain(watcher))).containsExactly(100, 7);
        }
    }
}
