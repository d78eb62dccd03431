package dev.meseta.manager.identity.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meseta.manager.membership.FakeTopic;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class FailedAttemptsTest {

    private Instant now = Instant.parse("2026-11-22T12:00:00Z");
    private final FakeTopic<FailedAttempts.Attempt> topic = new FakeTopic<>();
    private final FailedAttempts attempts = new FailedAttempts(() -> now, topic);

    private void failFrom(String address, int times) {
        for (int i = 0; i < times; i++) {
            attempts.requireFewFrom(address);
            attempts.add(address);
        }
    }

    @Test
    void the_eleventh_attempt_within_a_minute_is_refused_and_others_are_not() {
        failFrom("192.0.2.1", FailedAttempts.LIMIT);

        assertThatThrownBy(() -> attempts.requireFewFrom("192.0.2.1"))
                .isInstanceOfSatisfying(
                        MesetaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_MANY_REQUESTS));
        assertThatCode(() -> attempts.requireFewFrom("192.0.2.2")).doesNotThrowAnyException();
    }

    @Test
    void a_minute_later_all_is_forgotten() {
        failFrom("192.0.2.1", FailedAttempts.LIMIT);
        now = now.plus(FailedAttempts.WINDOW);

        assertThatCode(() -> attempts.requireFewFrom("192.0.2.1")).doesNotThrowAnyException();
    }

    @Test
    void success_forgets_and_a_clock_that_jumps_back_locks_nobody_out() {
        failFrom("192.0.2.1", FailedAttempts.LIMIT - 1);
        attempts.forget("192.0.2.1");
        failFrom("192.0.2.1", FailedAttempts.LIMIT);
        now = now.minus(Duration.ofHours(1));

        assertThatCode(() -> attempts.requireFewFrom("192.0.2.1")).doesNotThrowAnyException();
    }

    @Test
    void failures_and_success_at_other_managers_count() {
        FakeTopic<FailedAttempts.Attempt> theirs = new FakeTopic<>();
        FailedAttempts atAnother = new FailedAttempts(() -> now, theirs);
        topic.connect(theirs);
        failFrom("192.0.2.1", FailedAttempts.LIMIT / 2);
        for (int i = 0; i < FailedAttempts.LIMIT / 2; i++) {
            atAnother.add("192.0.2.1");
        }

        assertThatThrownBy(() -> attempts.requireFewFrom("192.0.2.1")).isInstanceOf(MesetaException.class);
        assertThatThrownBy(() -> atAnother.requireFewFrom("192.0.2.1")).isInstanceOf(MesetaException.class);
        atAnother.forget("192.0.2.1");
        assertThatCode(() -> attempts.requireFewFrom("192.0.2.1")).doesNotThrowAnyException();
    }

    @Test
    void memory_stays_bounded_whoever_knocks() {
        for (int i = 0; i < 50_000; i++) {
            attempts.add("2001:db8::" + i);
        }

        assertThatCode(() -> attempts.requireFewFrom("2001:db8::1")).doesNotThrowAnyException();
    }
}
