package dev.meseta.manager.tasks.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Signals for tasks that are in hand. */
@Tag("unit")
class HeldTasksTest {

    private static final Duration NOT_AT_ALL = Duration.ZERO;

    private final HeldTasks tasks = new HeldTasks();
    private final UUID id = UUID.randomUUID();

    @Test
    void nobody_holds_it() {
        assertThat(tasks.signal(id)).isFalse();
    }

    @Test
    void a_signal_between_a_steps_answer_and_its_wait_counts() {
        HeldTasks.Held held = tasks.hold(id);

        assertThat(tasks.signal(id)).isTrue();
        assertThat(held.signalledWithin(NOT_AT_ALL)).isTrue();
        assertThat(held.signalledWithin(NOT_AT_ALL)).isFalse();
    }

    @Test
    void what_was_signalled_before_a_step_is_forgotten() {
        HeldTasks.Held held = tasks.hold(id);
        tasks.signal(id);
        tasks.signal(id);

        held.forget();

        assertThat(held.signalledWithin(NOT_AT_ALL)).isFalse();
    }

    @Test
    void a_signal_that_comes_when_the_wait_is_over_is_known_after_letting_go() {
        HeldTasks.Held held = tasks.hold(id);
        assertThat(held.signalledWithin(NOT_AT_ALL)).isFalse();
        tasks.signal(id);

        held.close();

        assertThat(held.isSignalled()).isTrue();
        assertThat(tasks.signal(id)).isFalse();
    }

    @Test
    void letting_go_late_does_not_take_it_from_who_holds_it_now() {
        HeldTasks.Held former = tasks.hold(id);
        HeldTasks.Held present = tasks.hold(id);

        former.close();

        assertThat(tasks.signal(id)).isTrue();
        assertThat(present.isSignalled()).isTrue();
    }

    @Test
    void one_that_has_ended_here_takes_signals_that_come_late() {
        UUID id = UUID.randomUUID();
        assertThat(tasks.signal(id)).isFalse();
        tasks.ended(id);
        assertThat(tasks.signal(id)).isTrue();
        for (int later = 0; later < 2_000; later++) {
            tasks.ended(UUID.randomUUID());
        }
        assertThat(tasks.signal(id)).isFalse();
    }
}
