package dev.meseta.manager.agents.internal;

import dev.meseta.manager.agents.HostFlows;
import dev.meseta.manager.agents.HostPreparation;
import dev.meseta.manager.agents.internal.RecordingObservations.Published;
import dev.meseta.manager.agents.internal.RecordingObservations.Seen;
import dev.meseta.manager.certificates.internal.InMemoryCertificateAuthorities;
import dev.meseta.manager.membership.FakeMembership;
import dev.meseta.manager.membership.FakeTopic;
import dev.meseta.manager.shared.EventPublisher;
import dev.meseta.manager.shared.ManagerIdentity;
import dev.meseta.manager.shared.UuidGenerator;
import dev.meseta.manager.shared.tracing.Tracing;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;

/** The manager's side with everything real but the inventory and the database. */
final class AgentsFixture implements AutoCloseable {

    /** Short enough for a test, with the failure states far away. */
    static final AgentsProperties PATIENT = new AgentsProperties(
            Duration.ofDays(30),
            Duration.ofHours(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            Duration.ofMillis(10),
            Duration.ofMillis(100),
            Duration.ofMinutes(1),
            Duration.ofMinutes(1));

    final InstantSource clock = InstantSource.system();
    final UuidGenerator ids = new UuidGenerator(clock, new Random(1));
    final InMemoryCertificateAuthorities authorities = new InMemoryCertificateAuthorities(clock);
    final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();
    final RecordingObservations observations = new RecordingObservations(seen);
    final FakeHosts hosts = new FakeHosts();
    final FakeOwnership ownership = new FakeOwnership(hosts);
    final List<HostPreparation> preparations = new CopyOnWriteArrayList<>();
    /** Empty: nobody keeps flows. */
    volatile Optional<HostFlows> flows = Optional.empty();

    final RecordingEvents events = new RecordingEvents();
    final ManagerIdentity manager = new ManagerIdentity(ids.next());
    final FakeMembership membership = new FakeMembership(manager.id());
    final LatestHostStatistics statistics = new LatestHostStatistics(events, new FakeTopic<>(), clock);
    final AdvertisedAddress address = new AdvertisedAddress("127.0.0.1", 0);
    final AgentThreads threads = new AgentThreads();
    final ManagerCredentials credentials;
    final HostConnections connections;

    AgentsFixture(AgentsProperties properties) {
        credentials = new ManagerCredentials(authorities, manager, address, properties.certificateValidity(), threads);
        credentials.start();
        connections = new HostConnections(new ConnectionContext(
                membership,
                ownership,
                new TlsHostChannels(credentials, properties, new SimpleMeterRegistry(), Tracing.OFF),
                hosts,
                new MemberObservations(membership, observations),
                new AgentEvents(event -> seen.add(new Published(event))),
                statistics,
                new SimpleMeterRegistry().timer("resyncs"),
                () -> preparations,
                () -> flows,
                properties,
                clock,
                threads.timers(),
                threads.workers()));
    }

    /** An agent that shows a good certificate of this host. */
    FakeAgent agentOf(UUID hostId) {
        return new FakeAgent(
                authorities,
                TestKeys.credentials(
                        authorities, CertificateIdentity.host(hostId).uri()));
    }

    UUID register(FakeAgent agent, UUID hostId) {
        hosts.register(hostId, FakeClusters.CLUSTER.id(), "host-" + hostId, agent.address(), "127.0.0.1");
        return hostId;
    }

    /** The next thing that was observed or published. */
    Seen next() {
        return Waiting.next(seen, "an observation or event");
    }

    /** Lets things pass until one is as wanted. */
    Seen await(Predicate<Seen> wanted) {
        while (true) {
            Seen next = next();
            if (wanted.test(next)) {
                return next;
            }
        }
    }

    @Override
    public void close() {
        connections.stop();
        credentials.stop();
        threads.close();
    }

    /** Keeps volatile events. */
    static final class RecordingEvents implements EventPublisher {

        final BlockingQueue<Map<String, Object>> shown = new LinkedBlockingQueue<>();

        @Override
        public void publish(EventDraft event) {
            throw new AssertionError("agents persist no events");
        }

        @Override
        public void publishVolatile(String kind, String objectKind, UUID objectId, Map<String, Object> data) {
            if (kind.equals("host.statistics") && objectKind.equals("host")) {
                shown.add(data);
            }
        }
    }
}
