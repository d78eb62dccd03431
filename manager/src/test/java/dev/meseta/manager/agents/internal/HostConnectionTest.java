package dev.meseta.manager.agents.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.meseta.manager.agents.AgentOperation;
import dev.meseta.manager.agents.AgentOperationChanged;
import dev.meseta.manager.agents.HostConnected;
import dev.meseta.manager.agents.HostDisconnected;
import dev.meseta.manager.agents.HostStatistics;
import dev.meseta.manager.agents.MigrationProgressed;
import dev.meseta.manager.agents.internal.FakeAgent.Watch;
import dev.meseta.manager.agents.internal.RecordingObservations.Described;
import dev.meseta.manager.agents.internal.RecordingObservations.Domain;
import dev.meseta.manager.agents.internal.RecordingObservations.Lost;
import dev.meseta.manager.agents.internal.RecordingObservations.Published;
import dev.meseta.manager.agents.internal.RecordingObservations.Seen;
import dev.meseta.manager.agents.internal.RecordingObservations.Snapshot;
import dev.meseta.manager.agents.internal.RecordingObservations.Status;
import dev.meseta.manager.inventory.HostDetails.HostSample;
import dev.meseta.manager.inventory.HostStatus;
import dev.meseta.manager.inventory.Observations.DomainObservation;
import dev.meseta.manager.membership.Life;
import dev.meseta.manager.membership.Member;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.proto.v1.DomainState;
import dev.meseta.proto.v1.OperationState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class HostConnectionTest {

    private static final UUID HOST = UUID.fromString("00000000-0000-7000-8000-0000000000a1");
    private static final UUID OTHER_HOST = UUID.fromString("00000000-0000-7000-8000-0000000000a2");
    private static final UUID VM = UUID.fromString("00000000-0000-7000-8000-0000000000b1");
    private static final UUID VM_2 = UUID.fromString("00000000-0000-7000-8000-0000000000b2");
    private static final Predicate<Seen> CONNECTED = new Published(new HostConnected(HOST))::equals;

    private AgentsFixture manager = new AgentsFixture(AgentsFixture.PATIENT);
    private FakeAgent agent = manager.agentOf(HOST);

    @AfterEach
    void stop() {
        manager.close();
        agent.close();
    }

    @Test
    void takesInASnapshotAsOneAndThenEveryChange() {
        Watch watch = connect();

        assertThat(manager.next()).isEqualTo(new Status(HostStatus.CONNECTING, ""));
        assertThat(watch.resumeToken()).isEmpty();
        assertThat(manager.connections.isLive(HOST)).isFalse();
        watch.send(WatchEvents.host(HOST, "i1"))
                .send(WatchEvents.domain(VM, DomainState.DOMAIN_STATE_RUNNING))
                .send(WatchEvents.operation("op-1", OperationState.OPERATION_STATE_RUNNING))
                .send(WatchEvents.domain(VM_2, DomainState.DOMAIN_STATE_PAUSED))
                .send(WatchEvents.snapshotEnd());

        assertThat(((Described) manager.next()).report()).satisfies(report -> {
            assertThat(report.agentInstanceId()).isEqualTo("i1");
            assertThat(report.sequence()).isEqualTo(1);
            assertThat(report.acceleration()).isEqualTo("TCG");
            assertThat(report.memoryBytes()).isEqualTo(4L << 30);
            assertThat(report.capabilities()).containsExactly("network.vxlan");
            assertThat(report.conditions())
                    .extracting(condition -> condition.code())
                    .containsExactly("KVM_NOT_USABLE");
        });
        assertThat(((Snapshot) manager.next()).domains())
                .extracting(DomainObservation::vmId, domain -> domain.state().name(), DomainObservation::sequence)
                .containsExactly(tuple(VM, "RUNNING", 2L), tuple(VM_2, "PAUSED", 4L));
        assertThat(operationIn(manager.next()).operationId()).isEqualTo("op-1");
        assertThat(manager.next()).isEqualTo(new Status(HostStatus.UP, ""));
        assertThat(manager.next()).isEqualTo(new Published(new HostConnected(HOST)));
        assertThat(manager.connections.isLive(HOST)).isTrue();

        watch.send(WatchEvents.domain(VM, DomainState.DOMAIN_STATE_GONE))
                .send(WatchEvents.operation("op-1", OperationState.OPERATION_STATE_SUCCEEDED))
                .send(WatchEvents.progress(VM_2, VM, 8));
        assertThat(manager.next())
                .isEqualTo(new Domain(new DomainObservation(
                        VM,
                        dev.meseta.manager.inventory.Observations.DomainState.GONE,
                        "USER",
                        false,
                        "i1",
                        6,
                        Instant.ofEpochSecond(1_800_000_000),
                        "vm",
                        0,
                        0)));
        assertThat(operationIn(manager.next()).state()).isEqualTo(AgentOperation.State.SUCCEEDED);
        assertThat(manager.next())
                .isEqualTo(new Published(new MigrationProgressed(HOST, VM_2, VM, 1, 2, 3, 4, 5, 6, 7, 8, true, 9)));
    }

    @Test
    void keepsTheLatestStatisticsAndShowsThem() {
        Watch watch = connect();
        snapshot(watch, "i1");
        watch.send(WatchEvents.statistics());

        assertThat(Waiting.next(manager.events.shown, "statistics"))
                .isEqualTo(Map.of(
                        "sampledAt",
                        "2027-01-15T08:00:00Z",
                        "cpuUsagePercent",
                        12.5,
                        "memoryUsedMiB",
                        3L,
                        "memoryAvailableMiB",
                        5L));
        assertThat(manager.statistics.latest(HOST))
                .contains(new HostStatistics.Sample(Instant.ofEpochSecond(1_800_000_000), 12.5, 3L << 20, 5L << 20));
        assertThat(manager.statistics.latest(OTHER_HOST)).isEmpty();
        assertThat(manager.statistics.samples(List.of(HOST, OTHER_HOST)))
                .containsOnly(Map.entry(HOST, new HostSample(Instant.ofEpochSecond(1_800_000_000), 12.5, 3, 5)));
    }

    @Test
    void aHostInMaintenanceIsNotUp() {
        manager.register(agent, HOST);
        manager.hosts.setMaintenance(HOST, true, null);
        manager.connections.start();
        snapshot(agent.nextWatch(), "i1");

        assertThat(statuses()).containsExactly(HostStatus.CONNECTING, HostStatus.MAINTENANCE);
    }

    @Test
    void aHostThatChangesHandsStaysUpMeanwhile() {
        manager.register(agent, HOST);
        manager.hosts.observed(HOST, HostStatus.UP);
        manager.connections.start();
        snapshot(agent.nextWatch(), "i1");

        assertThat(statuses()).containsExactly(HostStatus.UP);
    }

    @Test
    void aHostThatChangesHandsAndDoesNotAnswerIsNotUpForLong() {
        manager.register(agent, HOST);
        manager.hosts.observed(HOST, HostStatus.UP);
        manager.connections.start();
        agent.nextWatch().fail(io.grpc.Status.UNAVAILABLE.withDescription("gone"));

        assertThat(manager.next()).isEqualTo(new Status(HostStatus.CONNECTING, "UNAVAILABLE: gone"));
    }

    @Test
    void resumesAfterTheLastEventItTookIn() {
        Watch first = connect();
        snapshot(first, "i1");
        manager.await(CONNECTED);
        first.send(WatchEvents.domain(VM, DomainState.DOMAIN_STATE_RUNNING));
        manager.await(Domain.class::isInstance);
        first.fail(io.grpc.Status.UNAVAILABLE.withDescription("going away"));

        assertThat(manager.next()).isEqualTo(new Published(new HostDisconnected(HOST, "UNAVAILABLE: going away")));
        assertThat(manager.next()).isEqualTo(new Status(HostStatus.CONNECTING, "UNAVAILABLE: going away"));
        Watch second = agent.nextWatch();
        assertThat(second.resumeToken()).isEqualTo("t3");
        second.send(WatchEvents.domain(VM, DomainState.DOMAIN_STATE_PAUSED));

        Domain change = (Domain) manager.await(Domain.class::isInstance);
        assertThat(change.observation().agentInstanceId()).isEqualTo("i1");
        manager.connections.stop();
        assertThat(manager.seen).noneMatch(Snapshot.class::isInstance);
    }

    @Test
    void takesANewSnapshotWhenTheAgentWasRestarted() {
        Watch first = connect();
        snapshot(first, "i1");
        manager.await(CONNECTED);

        agent.kill();
        manager.await(seen -> seen instanceof Published published && published.event() instanceof HostDisconnected);
        assertThat(manager.connections.isLive(HOST)).isFalse();
        agent.restart();
        Watch second = agent.nextWatch();
        // A new instance does not know the token.
        second.send(WatchEvents.host(HOST, "i2"))
                .send(WatchEvents.domain(VM, DomainState.DOMAIN_STATE_RUNNING))
                .send(WatchEvents.snapshotEnd());

        Snapshot snapshot = (Snapshot) manager.await(Snapshot.class::isInstance);
        assertThat(snapshot.domains())
                .extracting(DomainObservation::agentInstanceId)
                .containsExactly("i2");
        assertThat(manager.next()).isEqualTo(new Status(HostStatus.UP, ""));
        assertThat(manager.next()).isEqualTo(new Published(new HostConnected(HOST)));
    }

    @Test
    void lostEventsAreMadeGoodByTheSnapshotThatFollows() {
        Watch watch = connect();
        snapshot(watch, "i1");
        manager.await(CONNECTED);

        watch.send(WatchEvents.lost(17))
                .send(WatchEvents.host(HOST, "i1"))
                .send(WatchEvents.domain(VM_2, DomainState.DOMAIN_STATE_RUNNING))
                .send(WatchEvents.snapshotEnd())
                .send(WatchEvents.domain(VM_2, DomainState.DOMAIN_STATE_PAUSED));

        assertThat(manager.next()).isInstanceOf(Described.class);
        assertThat(((Snapshot) manager.next()).domains())
                .extracting(DomainObservation::vmId)
                .containsExactly(VM_2);
        assertThat(manager.next()).isInstanceOf(Domain.class);
    }

    @Test
    void aBrokenSnapshotIsNotResumedButTakenAnew() {
        Watch first = connect();
        first.send(WatchEvents.host(HOST, "i1")).send(WatchEvents.domain(VM, DomainState.DOMAIN_STATE_RUNNING));
        manager.await(Described.class::isInstance);
        first.fail(io.grpc.Status.UNAVAILABLE);

        Watch second = agent.nextWatch();
        assertThat(second.resumeToken()).isEmpty();
        snapshot(second, "i1");
        assertThat(((Snapshot) manager.await(Snapshot.class::isInstance)).domains())
                .isEmpty();
    }

    @Test
    void anEventThatCannotBeStoredLeadsToANewSnapshot() {
        Watch first = connect();
        snapshot(first, "i1");
        manager.await(CONNECTED);
        manager.observations.failDomains(1);
        first.send(WatchEvents.domain(VM, DomainState.DOMAIN_STATE_RUNNING));

        Watch second = agent.nextWatch();
        assertThat(second.resumeToken()).isEmpty();
        snapshot(second, "i1");
        manager.await(CONNECTED);
        assertThat(first.isCancelled()).isTrue();
    }

    @Test
    void theCertificateOfAnotherHostIsNotBelieved() {
        manager.close();
        manager = new AgentsFixture(properties(Duration.ofMinutes(1), Duration.ofMillis(300)));
        try (FakeAgent impostor = manager.agentOf(OTHER_HOST)) {
            manager.register(impostor, HOST);
            manager.connections.start();

            Status given = (Status) manager.await(
                    seen -> seen instanceof Status status && status.status() == HostStatus.NON_RESPONSIVE);
            assertThat(given.reason())
                    .contains("certificate is for urn:meseta:host:" + OTHER_HOST)
                    .contains("expected urn:meseta:host:" + HOST);
            assertThat(impostor.hasWatch()).isFalse();
            assertThat(manager.connections.isLive(HOST)).isFalse();
        }
    }

    @Test
    void anAgentThatSaysItIsAnotherHostIsNotBelieved() {
        Watch watch = connect();
        watch.send(WatchEvents.host(OTHER_HOST, "i1"));

        Watch second = agent.nextWatch();
        assertThat(second.resumeToken()).isEmpty();
        snapshot(second, "i1");
        manager.await(CONNECTED);
    }

    @Test
    void isNonResponsiveAfterAWhileAndThenTakesASnapshotEvenFromTheSameInstance() {
        restartManager(properties(Duration.ofMinutes(1), Duration.ofMillis(200)));
        Watch first = connect();
        snapshot(first, "i1");
        manager.await(CONNECTED);
        agent.kill();

        manager.await(seen -> seen instanceof Status status && status.status() == HostStatus.NON_RESPONSIVE);
        assertThat(manager.next()).isInstanceOf(Lost.class);

        agent.restart();
        Watch second = agent.nextWatch();
        // Its VMs are UNKNOWN now; changes alone would not tell what they are.
        assertThat(second.resumeToken()).isEmpty();
        snapshot(second, "i1");
        assertThat(statuses()).containsExactly(HostStatus.UP);
    }

    @Test
    void aWatchThatFallsSilentIsOpenedAnew() {
        restartManager(properties(Duration.ofMillis(300), Duration.ofMinutes(1)));
        Watch first = connect();
        snapshot(first, "i1");

        manager.await(seen -> seen instanceof Published published
                && published.event() instanceof HostDisconnected disconnected
                && disconnected.reason().startsWith("nothing heard"));
        assertThat(agent.nextWatch().resumeToken()).isEqualTo("t2");
    }

    @Test
    void leavesHostsOfOtherManagersAloneUntilTheyAreDead() {
        Life other = new Life(OTHER_HOST, 3);
        manager.ownership.owners.put(HOST, other);
        manager.register(agent, HOST);
        manager.connections.start();
        manager.connections.connect(HOST);
        assertThat(agent.hasWatch()).isFalse();
        assertThat(manager.connections.watches(HOST)).isFalse();

        manager.membership.term = 7;
        manager.membership.fenced = Set.of(other);
        manager.connections.shareOut();
        Watch watch = agent.nextWatch();
        assertThat(watch.epoch()).as("epoch of the host and term").isEqualTo(1 + 7);
        assertThat(manager.ownership.owners).containsEntry(HOST, manager.membership.self());
    }

    @Test
    void givesUpHostsToAManagerThatHasJoined() {
        Watch watch = connect();
        snapshot(watch, "i1");
        manager.await(CONNECTED);
        manager.connections.shareOut();
        assertThat(manager.ownership.live).containsExactly(HOST);

        // Its name comes first, and one host cannot be halved.
        Life joined = new Life(new UUID(0, 0), 1);
        manager.membership.living =
                List.of(manager.membership.living.getFirst(), new Member(joined, "127.0.0.1", Instant.EPOCH));
        manager.connections.shareOut();
        assertThat(manager.connections.watches(HOST)).isFalse();
        assertThat(manager.ownership.owners).doesNotContainKey(HOST);
        manager.ownership.owners.put(HOST, joined);
        manager.ownership.live.add(HOST);
        manager.connections.shareOut();
        assertThat(manager.connections.isLive(HOST)).as("as the other says").isTrue();
    }

    @Test
    void saysNothingAboutHostsAfterItsLeaseHasRunOut() {
        restartManager(properties(Duration.ofMinutes(1), Duration.ofMillis(200)));
        Watch watch = connect();
        snapshot(watch, "i1");
        manager.await(CONNECTED);
        manager.seen.clear();
        manager.membership.member = false;
        watch.fail(io.grpc.Status.UNAVAILABLE);
        manager.await(seen -> seen instanceof Published published && published.event() instanceof HostDisconnected);
        // It tried to note that.
        manager.membership.refusals.acquireUninterruptibly();
        manager.membership.member = true;
        // Nothing was noted until the watch is opened again, which a manager without a lease does not do.
        assertThat(statuses(agent.nextWatch())).containsExactly(HostStatus.CONNECTING, HostStatus.UP);
    }

    @Test
    void aRemovedHostIsLeftAlone() {
        Watch watch = connect();
        snapshot(watch, "i1");
        manager.await(CONNECTED);
        manager.hosts.remove(HOST);
        watch.fail(io.grpc.Status.UNAVAILABLE);
        assertThat(Waiting.next(manager.hosts.missed, "a look for the host")).isEqualTo(HOST);
        manager.connections.stop();

        assertThat(agent.hasWatch()).isFalse();
        assertThat(manager.statistics.latest(HOST)).isEmpty();
    }

    @Test
    void isUpOnlyWhenItIsPrepared() {
        BlockingQueue<String> complaints = new LinkedBlockingQueue<>(List.of("no storage"));
        manager.preparations.add(hostId -> {
            assertThat(hostId).isEqualTo(HOST);
            // What prepares a host commands it.
            assertThat(manager.connections.isLive(HOST)).isTrue();
            String complaint = complaints.poll();
            if (complaint != null) {
                throw new MesetaException(ErrorCode.STORAGE_UNAVAILABLE, complaint);
            }
        });
        snapshot(connect(), "i1");

        assertThat(manager.await(seen -> seen instanceof Status status && status.status() != HostStatus.CONNECTING))
                .isEqualTo(new Status(HostStatus.NON_OPERATIONAL, "no storage"));
        assertThat(statuses()).containsExactly(HostStatus.UP);
    }

    @Test
    void theWatchGoesOnWhileTheHostIsPrepared() {
        CountDownLatch prepared = new CountDownLatch(1);
        manager.preparations.add(hostId -> Waiting.until(prepared));
        Watch watch = connect();
        snapshot(watch, "i1");
        watch.send(WatchEvents.operation("op-1", OperationState.OPERATION_STATE_SUCCEEDED));
        manager.await(
                seen -> seen instanceof Published published && published.event() instanceof AgentOperationChanged);
        prepared.countDown();

        assertThat(statuses()).containsExactly(HostStatus.UP);
    }

    @Test
    void aPreparationThatOutlivesItsConnectionCountsForNothing() {
        CountDownLatch prepared = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        manager.preparations.add(hostId -> {
            begun.countDown();
            Waiting.until(prepared);
        });
        Watch first = connect();
        snapshot(first, "i1");
        Waiting.until(begun);
        first.fail(io.grpc.Status.UNAVAILABLE);
        manager.await(seen -> seen instanceof Published published && published.event() instanceof HostDisconnected);
        Watch second = agent.nextWatch();
        prepared.countDown();
        second.send(WatchEvents.statistics());

        assertThat(statuses()).endsWith(HostStatus.UP).containsOnlyOnce(HostStatus.UP);
    }

    @Test
    void aNewHostIsWatchedAtOnce() {
        manager.connections.start();
        manager.register(agent, HOST);
        manager.connections.connect(HOST);

        snapshot(agent.nextWatch(), "i1");
        assertThat(statuses()).containsExactly(HostStatus.CONNECTING, HostStatus.UP);
    }

    private Watch connect() {
        manager.register(agent, HOST);
        manager.connections.start();
        return agent.nextWatch();
    }

    private List<HostStatus> statuses(Watch watch) {
        snapshot(watch, "i1");
        return statuses();
    }

    private static void snapshot(Watch watch, String instance) {
        watch.send(WatchEvents.host(HOST, instance)).send(WatchEvents.snapshotEnd());
    }

    /** Every status up to the moment the host is connected. */
    private List<HostStatus> statuses() {
        List<HostStatus> statuses = new ArrayList<>();
        manager.await(seen -> {
            if (seen instanceof Status status) {
                statuses.add(status.status());
            }
            return CONNECTED.test(seen);
        });
        return statuses;
    }

    private void restartManager(AgentsProperties properties) {
        manager.close();
        agent.close();
        manager = new AgentsFixture(properties);
        agent = manager.agentOf(HOST);
    }

    private static AgentOperation operationIn(Seen seen) {
        return ((AgentOperationChanged) ((Published) seen).event()).operation();
    }

    private static AgentsProperties properties(Duration watchSilence, Duration nonResponsiveAfter) {
        AgentsProperties patient = AgentsFixture.PATIENT;
        return new AgentsProperties(
                patient.certificateValidity(),
                patient.tokenValidity(),
                patient.callDeadline(),
                patient.keepAliveTime(),
                patient.keepAliveTimeout(),
                patient.reconnectAfter(),
                patient.reconnectAtMost(),
                watchSilence,
                nonResponsiveAfter);
    }
}
