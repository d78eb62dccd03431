package dev.meseta.manager.web.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meseta.manager.membership.FakeTopic;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How much a caller gets, at one manager and at several. */
@Tag("unit")
class BucketsTest {

    private static final LimitsProperties LIMITS = new LimitsProperties(10, 100, 3, 2, 20, 1);
    private static final Caller SCRIPT = new Caller(Caller.Kind.TOKEN, "admin");
    private static final Caller ADDRESS = Caller.at("192.0.2.7");

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

    private Buckets buckets(FakeTopic<Buckets.Taken> topic) {
        return new Buckets(LIMITS, topic, nanos::get);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private static int takeAll(Buckets buckets, Caller caller) {
        int taken = 0;
        while (buckets.take(caller, 1).isEmpty()) {
            taken++;
        }
        return taken;
    }

    @Test
    void a_full_bucket_at_once_and_then_so_many_a_second() {
        nanos.set(0);
        Buckets buckets = buckets(new FakeTopic<>());

        assertThat(takeAll(buckets, SCRIPT)).isEqualTo(100);
        assertThat(buckets.take(SCRIPT, 5)).hasValue(Duration.ofMillis(500).toNanos());
        pass(Duration.ofSeconds(3));
        assertThat(takeAll(buckets, SCRIPT)).isEqualTo(30);
        pass(Duration.ofDays(1));
        assertThat(takeAll(buckets, SCRIPT)).isEqualTo(100);
    }

    @Test
    void callers_do_not_take_from_each_other() {
        nanos.set(0);
        Buckets buckets = buckets(new FakeTopic<>());

        assertThat(takeAll(buckets, ADDRESS)).isEqualTo(20);
        assertThat(takeAll(buckets, Caller.at("192.0.2.8"))).isEqualTo(20);
        assertThat(takeAll(buckets, new Caller(Caller.Kind.SESSION, "admin"))).isEqualTo(100);
        assertThat(takeAll(buckets, SCRIPT)).isEqualTo(100);
    }

    @Test
    void what_costs_more_than_a_bucket_holds_costs_a_bucket() {
        nanos.set(0);
        Buckets buckets = buckets(new FakeTopic<>());

        assertThat(buckets.take(ADDRESS, 1_000)).isEmpty();
        assertThat(buckets.take(ADDRESS, 1_000)).hasValue(Duration.ofSeconds(10).toNanos());
    }

    @Test
    void a_network_of_addresses_is_one_caller() {
        assertThat(Caller.at("2001:db8::1")).isEqualTo(Caller.at("2001:db8::ffff:1"));
        assertThat(Caller.at("2001:db8::1")).isNotEqualTo(Caller.at("2001:db8:0:1::1"));
        assertThat(Caller.at("192.0.2.7")).isNotEqualTo(Caller.at("192.0.2.8"));
    }

    @Test
    void who_goes_round_three_managers_gets_little_more_than_who_stays_at_one() {
        nanos.set(0);
        FakeTopic<Buckets.Taken> one = new FakeTopic<>();
        FakeTopic<Buckets.Taken> two = new FakeTopic<>();
        FakeTopic<Buckets.Taken> three = new FakeTopic<>();
        one.connect(two);
        one.connect(three);
        two.connect(three);
        Buckets[] managers = {buckets(one), buckets(two), buckets(three)};
        var random = new Random(7);

        int taken = 0;
        int seconds = 60;
        for (int tick = 0; tick < seconds * 100; tick++) {
            taken += managers[random.nextInt(3)].take(SCRIPT, 1).isEmpty() ? 1 : 0;
            pass(Duration.ofMillis(10));
        }

        int fair = 100 + 10 * seconds;
        assertThat(taken).isBetween(fair - 30, fair + 30);
        assertThat(one.told)
                .as("a message for every tenth of a bucket, not for every request")
                .hasSizeLessThan(100);
    }

    @Test
    void what_others_tell_is_a_debt_of_one_bucket_at_most() {
        nanos.set(0);
        FakeTopic<Buckets.Taken> other = new FakeTopic<>();
        FakeTopic<Buckets.Taken> topic = new FakeTopic<>();
        topic.connect(other);
        Buckets buckets = buckets(topic);

        other.tellOthers(new Buckets.Taken(SCRIPT, 1_000_000));
        other.tellOthers(new Buckets.Taken(SCRIPT, 1_000_000));
        other.tellOthers(new Buckets.Taken(SCRIPT, -1_000_000));

        assertThat(buckets.take(SCRIPT, 1)).hasValue(Duration.ofMillis(10_100).toNanos());
        pass(Duration.ofSeconds(20));
        assertThat(takeAll(buckets, SCRIPT)).isEqualTo(100);
    }

    @Test
    void no_more_than_so_many_at_the_same_time() {
        var underWay = new UnderWay(LIMITS);
        for (int each = 0; each < 3; each++) {
            assertThat(underWay.enter(SCRIPT)).isTrue();
        }
        assertThat(underWay.enter(SCRIPT)).isFalse();
        assertThat(underWay.enter(ADDRESS)).isTrue();
        assertThat(underWay.enter(ADDRESS)).isFalse();
        underWay.leave(SCRIPT);
        assertThat(underWay.enter(SCRIPT)).isTrue();
    }

    @Test
    void limits_that_nobody_could_work_with_are_refused() {
        assertThatThrownBy(() -> new LimitsProperties(0, 10, 1, 1, 1, 1))
                .hasMessageContaining("meseta.limits.requests");
        assertThatThrownBy(() -> new LimitsProperties(10, 5, 1, 1, 1, 1)).hasMessageContaining("requests-at-once (5)");
        assertThatThrownBy(() -> new LimitsProperties(1, 1, 1, -1, 1, 1)).hasMessageContaining("address-requests");
        assertThatThrownBy(() -> new LimitsProperties(1, 1, 0, 1, 1, 1)).hasMessageContaining("requests-together (0)");
    }
}
