package dev.meseta.manager.agents.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.meseta.manager.database.TestPostgres;
import dev.meseta.manager.database.TestRows;
import dev.meseta.manager.membership.FakeMembership;
import dev.meseta.manager.membership.FakeTopic;
import dev.meseta.manager.membership.Life;
import dev.meseta.manager.membership.Member;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Several managers share out the hosts of one database. */
@Tag("integration")
class SharedHostsTest {

    private static final int HOSTS = 10;

    private final HikariDataSource pool = TestPostgres.create().pool();
    private final JdbcClient jdbc = JdbcClient.create(pool);
    private final FakeHosts hosts = new FakeHosts();
    private final List<AgentThreads> threads = new ArrayList<>();
    private final List<Manager> managers = new ArrayList<>();

    SharedHostsTest() {
        TestRows rows = new TestRows(jdbc);
        UUID cluster = rows.cluster(rows.dataCenter());
        for (int i = 0; i < HOSTS; i++) {
            // Nothing answers there: who watches is what counts here.
            hosts.register(rows.host(cluster, "host-" + i), cluster, "host-" + i, "127.0.0.1:1", "127.0.0.1");
        }
    }

    @AfterEach
    void close() {
        managers.forEach(manager -> manager.connections().stop());
        threads.forEach(AgentThreads::close);
        pool.close();
    }

    @Test
    void oneManagerWatchesAllOfThem() {
        join(1);
        settle();
        assertThat(watched()).containsExactly(HOSTS);
    }

    @Test
    void hostsAreSpreadEvenlyAndMovedAFewAtATimeWhenManagersCome() {
        join(1);
        settle();
        join(2);
        Manager first = managers.getFirst();
        first.connections().shareOut();
        assertThat(first.watched()).as("one of ten at a time").hasSize(HOSTS - 1);
        settle();
        assertThat(watched()).containsExactly(5, 5);
        join(3);
        settle();
        assertThat(watched()).containsExactly(4, 3, 3);
        assertEachIsWatchedOnce();
    }

    @Test
    void hostsOfADeadManagerAreTakenOverAtOnce() {
        join(1);
        join(2);
        join(3);
        settle();
        Manager dead = managers.removeLast();
        dead.connections().stop();
        Set<UUID> orphans = dead.owned();
        assertThat(orphans).hasSize(3);
        knowEachOther();
        managers.forEach(manager -> manager.connections().shareOut());
        assertThat(watched()).as("nobody knows yet that it is dead").containsExactly(4, 3);

        managers.forEach(manager ->
                manager.membership().fenced = Set.of(dead.membership().self()));
        managers.forEach(manager -> manager.connections().shareOut());
        assertThat(watched()).containsExactly(5, 5);
        assertEachIsWatchedOnce();
    }

    @Test
    void aManagerThatLostItsHostsWithoutKnowingWatchesThemNoMore() {
        join(1);
        settle();
        Manager paused = managers.getFirst();
        Manager other = join(2);
        other.membership().fenced = Set.of(paused.membership().self());
        other.membership().living = List.of(memberOf(other));
        other.connections().shareOut();
        assertThat(other.watched()).hasSize(HOSTS);

        paused.membership().member = false;
        paused.connections().shareOut();
        assertThat(paused.watched()).as("it does nothing without a lease").hasSize(HOSTS);
        paused.membership().member = true;
        paused.membership().living = List.of(memberOf(paused), memberOf(other));
        paused.connections().shareOut();
        assertThat(paused.watched()).isEmpty();
        assertThat(other.watched()).hasSize(HOSTS);
    }

    @Test
    void epochsOfAHostOnlyRise() {
        HostOwnership ownership = new JdbcHostOwnership(jdbc);
        UUID host = hosts.all().getFirst().id();
        assertThat(ownership.epoch(host)).isEqualTo(1);
        assertThat(ownership.raiseEpoch(host, 1)).isEqualTo(2);
        assertThat(ownership.raiseEpoch(host, 1))
                .as("somebody else has raised it")
                .isEqualTo(2);
        join(1);
        settle();
        assertThat(ownership.epoch(host)).as("changing hands does not matter").isEqualTo(2);
    }

    private Manager join(int number) {
        var membership = new FakeMembership(new UUID(0, number));
        jdbc.sql("INSERT INTO manager_member VALUES (?, 1, 'here', now(), now(), now(), 1, NULL)")
                .param(membership.self().managerId())
                .update();
        var own = new AgentThreads();
        threads.add(own);
        var connections = new HostConnections(new ConnectionContext(
                membership,
                new JdbcHostOwnership(jdbc),
                (hostId, address) -> io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder.forTarget(
                                "dns:///" + address)
                        .usePlaintext()
                        .build(),
                hosts,
                new RecordingObservations(new LinkedBlockingQueue<>()),
                new AgentEvents(event -> {}),
                new LatestHostStatistics(
                        new AgentsFixture.RecordingEvents(), new FakeTopic<>(), InstantSource.system()),
                new SimpleMeterRegistry().timer("resyncs"),
                List::of,
                Optional::empty,
                AgentsFixture.PATIENT,
                InstantSource.system(),
                own.timers(),
                own.workers()));
        var manager = new Manager(membership, connections);
        managers.add(manager);
        knowEachOther();
        connections.start();
        return manager;
    }

    private void knowEachOther() {
        List<Member> all = managers.stream().map(SharedHostsTest::memberOf).toList();
        managers.forEach(manager -> manager.membership().living = all);
    }

    private static Member memberOf(Manager manager) {
        return new Member(manager.membership().self(), "here", Instant.EPOCH);
    }

    private void settle() {
        for (int round = 0; round < HOSTS; round++) {
            managers.forEach(manager -> manager.connections().shareOut());
        }
    }

    private List<Integer> watched() {
        return managers.stream().map(manager -> manager.watched().size()).toList();
    }

    private void assertEachIsWatchedOnce() {
        List<UUID> all =
                managers.stream().flatMap(manager -> manager.watched().stream()).toList();
        assertThat(all).hasSize(HOSTS);
        assertThat(new HashSet<>(all)).hasSize(HOSTS);
    }

    private final class Manager {

        private final FakeMembership membership;
        private final HostConnections connections;

        Manager(FakeMembership membership, HostConnections connections) {
            this.membership = membership;
            this.connections = connections;
        }

        FakeMembership membership() {
            return membership;
        }

        HostConnections connections() {
            return connections;
        }

        Set<UUID> watched() {
            Set<UUID> watched = new HashSet<>();
            hosts.all().stream()
                    .map(host -> host.id())
                    .filter(connections::watches)
                    .forEach(watched::add);
            return watched;
        }

        Set<UUID> owned() {
            Life self = membership.self();
            Set<UUID> owned = new HashSet<>();
            new JdbcHostOwnership(jdbc)
                    .all().stream().filter(row -> self.equals(row.owner())).forEach(row -> owned.add(row.hostId()));
            return owned;
        }
    }
}
