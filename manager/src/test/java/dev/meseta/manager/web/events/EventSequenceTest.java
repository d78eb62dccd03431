package dev.meseta.manager.web.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.shared.EventPublisher.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class EventSequenceTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final EventSequence sequence = new EventSequence(10, Set.of(), 0);

    private static EventView event(long id) {
        return new EventView(id, Instant.EPOCH, "vm.changed", "vm", null, Severity.INFO, "", "", "", Map.of());
    }

    private static List<EventView> events(Long... ids) {
        return Arrays.stream(ids).map(EventSequenceTest::event).toList();
    }

    private static List<Long> ids(List<EventView> events) {
        return events.stream().map(event -> Objects.requireNonNull(event.id())).toList();
    }

    @Test
    void what_is_complete_is_shown_at_once() {
        assertThat(ids(sequence.take(null, events(11L, 12L, 13L), 0))).containsExactly(11L, 12L, 13L);
        assertThat(sequence.position()).isEqualTo(13);
        assertThat(sequence.missing()).isEmpty();
    }

    @Test
    void an_id_that_appears_late_is_waited_for() {
        assertThat(ids(sequence.take(null, events(11L, 13L, 14L), 0))).containsExactly(11L);
        assertThat(sequence.missing()).containsExactly(12L);
        assertThat(sequence.holdsBack()).isTrue();

        assertThat(ids(sequence.take(new Horizon(100, 105), events(12L), SECOND / 2)))
                .containsExactly(12L, 13L, 14L);
        assertThat(sequence.late()).isZero();
    }

    @Test
    void an_id_that_will_never_appear_is_waited_for_until_all_transactions_of_that_moment_are_over() {
        assertThat(sequence.take(null, events(12L), 0)).isEmpty();
        assertThat(sequence.take(new Horizon(100, 105), events(), 1_000)).isEmpty();
        assertThat(sequence.take(new Horizon(104, 110), events(), 2_000)).isEmpty();

        assertThat(ids(sequence.take(new Horizon(105, 110), events(), 3_000))).containsExactly(12L);
    }

    @Test
    void one_slow_transaction_holds_nobody_back_for_long_and_is_shown_when_it_ends() {
        assertThat(sequence.take(null, events(12L), 0)).isEmpty();
        assertThat(ids(sequence.take(new Horizon(100, 105), events(13L), SECOND + 1)))
                .containsExactly(12L, 13L);

        assertThat(sequence.missing()).containsExactly(11L);
        assertThat(ids(sequence.take(new Horizon(100, 200), events(11L), 3_600 * SECOND)))
                .containsExactly(11L);
        assertThat(sequence.late()).isEqualTo(1);
        assertThat(sequence.missing()).isEmpty();
    }

    @Test
    void an_id_of_a_transaction_that_is_over_is_forgotten_after_a_while() {
        assertThat(sequence.take(null, events(12L), 0)).isEmpty();
        assertThat(sequence.take(new Horizon(100, 105), events(), 1)).isEmpty();
        assertThat(sequence.take(new Horizon(105, 105), events(), 2)).hasSize(1);
        assertThat(sequence.missing()).containsExactly(11L);

        assertThat(sequence.take(new Horizon(105, 105), events(), 11 * SECOND)).isEmpty();
        assertThat(sequence.missing()).isEmpty();
    }

    @Test
    void what_was_missing_before_the_beginning_is_shown_when_it_appears() {
        EventSequence resumed = new EventSequence(10, Set.of(7L), 0);

        assertThat(ids(resumed.take(new Horizon(1, 2), events(7L, 11L), 1))).containsExactly(7L, 11L);
    }

    @Test
    void a_great_leap_of_ids_is_bounded() {
        assertThat(sequence.take(null, events(1_000_000L), 0)).isEmpty();
        assertThat(sequence.missing()).hasSizeLessThanOrEqualTo(EventSequence.MAX_MISSING);
        assertThat(sequence.take(null, events(), 2 * SECOND)).hasSize(1);
    }

    /** Transactions with random begins, ends and rollbacks: every committed event is shown exactly once. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void nothing_is_lost_and_nothing_is_shown_twice(long seed) {
        Random random = new Random(seed);
        EventSequence under = new EventSequence(0, Set.of(), 0);
        TreeMap<Long, Long> running = new TreeMap<>();
        Set<Long> visible = new HashSet<>();
        List<Long> shown = new ArrayList<>();
        long nextId = 1;
        long nextTransaction = 100;
        for (int step = 0; step < 2_000; step++) {
            long now = step * SECOND / 20;
            if (random.nextInt(3) > 0 && step < 1_500) {
                running.put(nextTransaction++, nextId++);
            }
            if (!running.isEmpty() && (random.nextBoolean() || step >= 1_500)) {
                List<Long> all = List.copyOf(running.keySet());
                long ended = all.get(random.nextInt(all.size()));
                long id = Objects.requireNonNull(running.remove(ended));
                if (random.nextInt(4) > 0) {
                    visible.add(id);
                }
            }
            if (random.nextInt(4) == 0 || step == 1_999) {
                Horizon horizon =
                        new Horizon(running.isEmpty() ? nextTransaction : running.firstKey(), nextTransaction);
                Set<Long> missing = under.missing();
                long read = under.read();
                List<EventView> rows = visible.stream()
                        .filter(id -> id > read || missing.contains(id))
                        .sorted()
                        .map(EventSequenceTest::event)
                        .toList();
                shown.addAll(ids(under.take(missing.isEmpty() ? null : horizon, rows, now)));
            }
        }
        assertThat(shown).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(visible);
    }
}
