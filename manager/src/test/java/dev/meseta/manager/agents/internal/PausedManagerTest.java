package dev.meseta.manager.agents.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ManagerApplication;
import dev.meseta.manager.agents.AgentCall;
import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.certificates.CertificateAuthorities;
import dev.meseta.manager.database.TestPostgres;
import dev.meseta.manager.inventory.Clusters;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.shared.UuidGenerator;
import dev.meseta.proto.v1.Operation;
import dev.meseta.proto.v1.RebootDomainRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Two whole managers, one of them a process of its own that is stopped with SIGSTOP and goes on too late. */
@Tag("integration")
class PausedManagerTest {

    private static final Duration PROMPTLY = Duration.ofSeconds(10);
    private static final int TRY_AGAIN = 75;

    @TempDir
    Path folder;

    private final TestPostgres.Database database = TestPostgres.create();
    private final Map<UUID, FakeAgent> agents = new TreeMap<>();

    @Test
    void itsHostsAreTakenOverAndItEndsWhenItWakes() throws Exception {
        try (ConfigurableApplicationContext survivor = new SpringApplicationBuilder(ManagerApplication.class)
                .run(arguments("survivor").toArray(String[]::new))) {
            UUID first = addHost(survivor, "host-1");
            UUID second = addHost(survivor, "host-2");
            agentOf(first).nextWatch();
            agentOf(second).nextWatch();

            Process other = spawn();
            try {
                UUID moved = hostOfAnother(survivor);
                FakeAgent agent = agentOf(moved);
                FakeAgent.Watch before = agent.nextWatch();
                signal("-STOP", other);
                long stopped = System.nanoTime();
                FakeAgent.Watch after = agent.nextWatch();
                assertThat(after.epoch()).isGreaterThan(before.epoch());
                agent.answer((method, request) -> Operation.getDefaultInstance());
                // By name: other tests bring a fake one that whatever is not told otherwise gets.
                survivor.getBean("hostAgents", HostAgents.class)
                        .reboot(moved, new AgentCall("o", "c", "admin", Optional.empty()), moved, false);
                assertThat(((RebootDomainRequest) agent.nextCall().request())
                                .getContext()
                                .getFencingEpoch())
                        .isEqualTo(after.epoch());
                Duration took = Duration.ofNanos(System.nanoTime() - stopped);
                System.out.printf("From SIGSTOP to the successor's first command: %d ms%n", took.toMillis());
                assertThat(took).isLessThan(PROMPTLY);

                signal("-CONT", other);
                assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
                assertThat(other.exitValue()).isEqualTo(TRY_AGAIN);
                assertThat(survivor.getBean(HostConnections.class).watches(first))
                        .isTrue();
                assertThat(survivor.getBean(HostConnections.class).watches(second))
                        .isTrue();
                assertThat(agent.hasWatch()).as("opened by the one that woke").isFalse();
            } finally {
                other.destroyForcibly();
            }
        } finally {
            agents.values().forEach(FakeAgent::close);
        }
    }

    private List<String> arguments(String name) {
        return List.of(
                "--meseta.state-dir=" + folder.resolve(name),
                "--meseta.sealing-key-file=" + folder.resolve("sealing.key"),
                "--meseta.public-address=127.0.0.1",
                "--meseta.grpc.listen=127.0.0.1:0",
                "--server.port=0",
                // The agents of this test say nothing of their own accord.
                "--meseta.agents.watch-silence=5m",
                "--meseta.agents.non-responsive-after=5m",
                "--meseta.database.url=" + database.jdbcUrl(),
                "--meseta.database.username=" + database.username(),
                "--meseta.database.password=" + database.password());
    }

    private Process spawn() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                ManagerApplication.class.getName()));
        command.addAll(arguments("other"));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("other.log").toFile())
                .start();
    }

    private UUID addHost(ConfigurableApplicationContext manager, String name) {
        CertificateAuthorities authorities = manager.getBean(CertificateAuthorities.class);
        UUID id = manager.getBean(UuidGenerator.class).next();
        var agent = new FakeAgent(
                authorities,
                TestKeys.credentials(authorities, CertificateIdentity.host(id).uri()));
        agents.put(id, agent);
        manager.getBean(Hosts.class)
                .register(
                        id, manager.getBean(Clusters.class).defaultCluster().id(), name, agent.address(), "127.0.0.1");
        return id;
    }

    private FakeAgent agentOf(UUID hostId) {
        return Objects.requireNonNull(agents.get(hostId));
    }

    /** The host that the other manager has been given. */
    private UUID hostOfAnother(ConfigurableApplicationContext manager) {
        JdbcClient jdbc = manager.getBean(JdbcClient.class);
        long giveUp = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (true) {
            Optional<UUID> found = jdbc.sql("""
                            SELECT host_id FROM host_ownership
                            WHERE manager_id = (SELECT id FROM manager_member ORDER BY started_at DESC LIMIT 1)
                                AND (SELECT count(*) FROM manager_member) = 2""").query(UUID.class).optional();
            if (found.isPresent()) {
                return found.get();
            }
            assertThat(System.nanoTime()).as("time to get a host").isLessThan(giveUp);
            LockSupport.parkNanos(50_000_000);
        }
    }

    private static void signal(String signal, Process process) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }
}
