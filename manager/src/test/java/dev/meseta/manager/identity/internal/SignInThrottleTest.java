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
class SignInThrottleTest {

    private Instant now = Instant.parse("2026-11-22T12:00:00Z");
    private final FakeTopic<SignInThrottle.Told> topic = new FakeTopic<>();
    private final SignInThrottle throttle = new SignInThrottle(() -> now, topic);

    private SignInThrottle.Attempt attempt(String user, String address) {
        return throttle.begin(user, address, false, false);
    }

    private void refused(String user, String address) {
        assertThatThrownBy(() -> attempt(user, address))
                .isInstanceOfSatisfying(
                        MesetaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOO_MANY_REQUESTS));
    }

    private void fail(String user, String address, int times) {
        for (int i = 0; i < times; i++) {
            SignInThrottle.Attempt unused = attempt(user, address);
        }
    }

    private void letIn(String user, String address) {
        assertThatCode(() -> attempt(user, address)).doesNotThrowAnyException();
    }

    @Test
    void who_guesses_waits_longer_each_time_and_others_do_not() {
        fail("ana", "192.0.2.1", SignInThrottle.FREE_OF_USER_AT_ADDRESS);
        refused("ana", "192.0.2.1");
        refused("ANA", "192.0.2.1");
        letIn("ana", "192.0.2.2");
        letIn("luis", "192.0.2.1");

        now = now.plus(SignInThrottle.FIRST_WAIT);
        fail("ana", "192.0.2.1", 1);
        now = now.plus(SignInThrottle.FIRST_WAIT);
        refused("ana", "192.0.2.1");
        now = now.plus(SignInThrottle.FIRST_WAIT);
        letIn("ana", "192.0.2.1");
    }

    @Test
    void one_address_gets_no_further_by_trying_many_users() {
        for (int i = 0; i < SignInThrottle.FREE_OF_ADDRESS; i++) {
            fail("user" + i, "192.0.2.1", 1);
        }
        refused("another", "192.0.2.1");
        letIn("another", "192.0.2.2");
    }

    @Test
    void an_account_of_ones_own_does_not_buy_more_guesses() {
        for (int i = 0; i < SignInThrottle.FREE_OF_ADDRESS - 1; i++) {
            fail("user" + i, "192.0.2.1", 1);
            attempt("mallory", "192.0.2.1").succeeded();
            now = now.plus(SignInThrottle.FIRST_WAIT);
        }
        fail("last", "192.0.2.1", 1);
        refused("mallory", "192.0.2.1");
    }

    @Test
    void guessing_from_everywhere_closes_unknown_addresses_and_not_where_the_user_was_before() {
        for (int i = 0; i < SignInThrottle.FREE_OF_USER; i++) {
            fail("ana", "198.51.100." + i, 1);
        }
        refused("ana", "203.0.113.1");
        assertThatCode(() -> throttle.begin("ana", "192.0.2.7", true, false)).doesNotThrowAnyException();
    }

    @Test
    void a_whole_network_of_ipv6_counts_as_one_address() {
        for (int i = 1; i <= SignInThrottle.FREE_OF_ADDRESS; i++) {
            fail("user" + i, "2001:db8::" + Integer.toHexString(i), 1);
        }
        refused("another", "2001:db8:0:0:ffff::1");
        letIn("another", "2001:db8:0:1::1");
        assertThat(SignInThrottle.network("nonsense:")).isEqualTo("nonsense:");
    }

    @Test
    void success_forgets_and_a_clock_that_jumps_back_locks_nobody_out() {
        fail("ana", "192.0.2.1", SignInThrottle.FREE_OF_USER_AT_ADDRESS - 1);
        attempt("ana", "192.0.2.1").succeeded();
        fail("ana", "192.0.2.1", SignInThrottle.FREE_OF_USER_AT_ADDRESS);
        refused("ana", "192.0.2.1");
        now = now.minus(Duration.ofHours(1));
        letIn("ana", "192.0.2.1");
    }

    @Test
    void failures_and_success_at_other_managers_count() {
        FakeTopic<SignInThrottle.Told> theirs = new FakeTopic<>();
        SignInThrottle atAnother = new SignInThrottle(() -> now, theirs);
        topic.connect(theirs);
        fail("ana", "192.0.2.1", SignInThrottle.FREE_OF_USER_AT_ADDRESS - 1);
        SignInThrottle.Attempt right = atAnother.begin("ana", "192.0.2.1", false, false);
        refused("ana", "192.0.2.1");
        right.succeeded();
        letIn("ana", "192.0.2.1");
    }
}
