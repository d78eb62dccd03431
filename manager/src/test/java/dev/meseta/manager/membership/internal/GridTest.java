package dev.meseta.manager.membership.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.meseta.manager.certificates.Sealer;
import dev.meseta.manager.database.TestPostgres;
import dev.meseta.manager.membership.FakeMembership;
import dev.meseta.manager.membership.Member;
import dev.meseta.manager.shared.Topic;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** Managers that find each other by their rows and talk over real sockets. */
@Tag("integration")
class GridTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TestPostgres.Database database = TestPostgres.create();
    private final List<Manager> managers = new ArrayList<>();

    private volatile boolean split;

    record Said(String text) {}

    /** What is needed of a manager. */
    private final class Manager {
        final FakeMembership membership;
        final MeterRegistry registry = new SimpleMeterRegistry();
        final GridMember grid;
        final SealedTopics topics;
        final Topic<Said> topic;
        final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        Manager(int number) {
            membership = new FakeMembership(new UUID(0, number));
            JdbcClient jdbc = JdbcClient.create(database.single());
            jdbc.sql("INSERT INTO manager_member VALUES (:id, 1, 'x', now(), now(), 'infinity', 1, NULL)")
                    .param("id", membership.self().managerId())
                    .update();
            GridTable table = new GridTable(jdbc);
            grid = new GridMember(
                    table,
                    () -> split ? List.of() : table.addresses(),
                    membership,
                    new MembershipProperties(Duration.ofSeconds(3), Duration.ofMillis(100), "127.0.0.1:0", true));
            topics = new SealedTopics(
                    grid,
                    membership,
                    new PlainSealer(),
                    JsonMapper.shared(),
                    InstantSource.system(),
                    new TopicMeters(registry));
            topic = topics.topic("said", Said.class);
            topic.whenTold(said -> heard.add(said.text()));
            managers.add(this);
            topics.start();
            grid.start();
        }

        double count(String meter) {
            return registry.get(meter).counter().count();
        }
    }

    /** Whoever does not say the word is refused. */
    static final class PlainSealer implements Sealer {
        @Override
        public byte[] seal(String label, byte[] secret) {
            return (label + new String(secret, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public byte[] open(String label, byte[] sealed) {
            String text = new String(sealed, StandardCharsets.UTF_8);
            if (!text.startsWith(label)) {
                throw new IllegalStateException("not sealed");
            }
            return text.substring(label.length()).getBytes(StandardCharsets.UTF_8);
        }
    }

    @AfterEach
    void stop() {
        managers.forEach(manager -> {
            manager.grid.stop();
            manager.topics.stop();
        });
    }

    private void allKnowEachOther() {
        List<Member> all = managers.stream()
                .map(manager -> new Member(manager.membership.self(), "x", Instant.EPOCH))
                .toList();
        managers.forEach(manager -> manager.membership.living = all);
    }

    private static void await(String what, BooleanSupplier condition) {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(giveUp);
            LockSupport.parkNanos(20_000_000);
        }
    }

    private void allSeeEachOther() {
        await(
                "all to see each other",
                () -> managers.stream().allMatch(manager -> manager.grid.size() == managers.size()));
    }

    private static String next(Manager manager) throws InterruptedException {
        return Objects.requireNonNull(manager.heard.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS), "nothing was heard");
    }

    @Test
    void who_is_alone_starts_nothing() {
        Manager alone = new Manager(1);

        alone.topic.tellOthers(new Said("is anybody there?"));

        assertThat(alone.grid.isConnected()).isFalse();
        assertThat(Hazelcast.getAllHazelcastInstances()).isEmpty();
        assertThat(alone.count("meseta.topics.dropped")).isZero();
    }

    @Test
    void three_that_start_at_once_find_each_other_and_hear_all_that_is_said_in_order() throws Exception {
        Manager first = new Manager(1);
        Manager second = new Manager(2);
        Manager third = new Manager(3);
        allKnowEachOther();
        allSeeEachOther();

        for (int i = 0; i < 2_000; i++) {
            first.topic.tellOthers(new Said("n" + i));
        }
        for (int i = 0; i < 2_000; i++) {
            assertThat(next(second)).isEqualTo("n" + i);
            assertThat(next(third)).isEqualTo("n" + i);
        }
        assertThat(first.heard).as("nobody hears himself").isEmpty();
        assertThat(second.count("meseta.topics.lost")).isZero();
        assertThat(second.count("meseta.topics.received")).isEqualTo(2_000);
    }

    @Test
    void when_every_member_is_destroyed_they_find_each_other_again() throws Exception {
        Manager first = new Manager(1);
        Manager second = new Manager(2);
        allKnowEachOther();
        allSeeEachOther();

        for (HazelcastInstance each : List.copyOf(Hazelcast.getAllHazelcastInstances())) {
            each.getLifecycleService().terminate();
        }
        first.topic.tellOthers(new Said("into the void"));
        allSeeEachOther();

        await("to be heard again", () -> {
            first.topic.tellOthers(new Said("again"));
            return second.heard.contains("again");
        });
        assertThat(second.heard).doesNotContain("into the void");
    }

    @Test
    void two_that_did_not_see_each_other_come_together_when_they_can() throws Exception {
        split = true;
        Manager first = new Manager(1);
        Manager second = new Manager(2);
        allKnowEachOther();
        await("two grids of one", () -> first.grid.size() == 1 && second.grid.size() == 1);
        first.topic.tellOthers(new Said("unheard"));

        split = false;
        allSeeEachOther();
        await("both to be heard", () -> {
            first.topic.tellOthers(new Said("first"));
            second.topic.tellOthers(new Said("second"));
            return second.heard.contains("first") && first.heard.contains("second");
        });
        assertThat(second.heard).doesNotContain("unheard");
    }

    @Test
    void what_is_not_sealed_or_comes_again_is_not_heard() throws Exception {
        Manager first = new Manager(1);
        Manager second = new Manager(2);
        allKnowEachOther();
        allSeeEachOther();
        first.topic.tellOthers(new Said("true"));
        assertThat(next(second)).isEqualTo("true");

        first.grid.send("{\"sender\":\"x\"}".getBytes(StandardCharsets.UTF_8));
        first.grid.send(("topics{\"sender\":\"%s\",\"number\":1,\"sentAtMillis\":0,\"letters\":"
                        + "[{\"topic\":\"said\",\"message\":{\"text\":\"old\"}}]}")
                .formatted(first.membership.self().name())
                .getBytes(StandardCharsets.UTF_8));
        first.topic.tellOthers(new Said("also true"));

        assertThat(next(second)).isEqualTo("also true");
        assertThat(second.count("meseta.topics.refused")).isEqualTo(2);
    }
}
