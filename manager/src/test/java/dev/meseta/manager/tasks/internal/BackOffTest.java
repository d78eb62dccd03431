package dev.meseta.manager.tasks.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How long a task is left alone after a failed try. */
@Tag("unit")
class BackOffTest {

    private final BackOff backOff = new BackOff(Duration.ofMillis(250), Duration.ofSeconds(15));

    @Test
    void doubles_up_to_its_bound_a_fifth_more_or_less() {
        UUID task = new UUID(1, 2);
        for (int tries = 0; tries < 200; tries++) {
            double plain = Math.min(250 * Math.pow(2, tries), 15_000);
            assertThat((double) backOff.after(task, tries).toMillis())
                    .as("try %d", tries)
                    .isBetween(plain * 0.8 - 1, plain * 1.2 + 1);
        }
    }

    @Test
    void is_the_same_for_the_same_task_and_spread_over_many() {
        Set<Duration> delays = new HashSet<>();
        for (int task = 0; task < 1000; task++) {
            UUID id = new UUID(0, task);
            Duration delay = backOff.after(id, 10);
            assertThat(backOff.after(id, 10)).isEqualTo(delay);
            delays.add(delay);
        }
        assertThat(delays).hasSizeGreaterThan(500);
    }
}
