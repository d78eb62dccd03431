package dev.meseta.agent.hypervisor.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.agent.AgentConfiguration;
import dev.meseta.agent.hypervisor.Await;
import dev.meseta.agent.identity.IdentityFiles;
import dev.meseta.agent.identity.PeerTrustManager;
import dev.meseta.agent.system.HostAndPort;
import dev.meseta.agent.testing.TestAuthority;
import dev.meseta.agent.testing.TestManager;
import dev.meseta.proto.v1.DescribeHostRequest;
import dev.meseta.proto.v1.DomainServiceGrpc;
import dev.meseta.proto.v1.EnsureStoppedRequest;
import dev.meseta.proto.v1.GetOperationRequest;
import dev.meseta.proto.v1.HostDescription;
import dev.meseta.proto.v1.HostServiceGrpc;
import dev.meseta.proto.v1.Operation;
import dev.meseta.proto.v1.OperationServiceGrpc;
import dev.meseta.proto.v1.OperationState;
import dev.meseta.proto.v1.StopMode;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.util.AdvancedTlsX509KeyManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The agent as a process of its own, with the options of its start script, on a real libvirtd. */
@Tag("integration")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AgentProcessTest {

    private static final Pattern READY = Pattern.compile("meseta-agent ready in (\\d+) ms");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final long RESIDENT_LIMIT_KIB = 150 << 10;
    /** The aim is 2 s on an idle machine; tests run beside other work. */
    private static final long READY_LIMIT_MS = 6_000;

    private final PrivateHosts hosts = new PrivateHosts();
    private final TestAuthority authority = new TestAuthority("control", Instant.now());
    private final String hostId = UUID.randomUUID().toString();

    @TempDir
    private Path directory;

    @AfterAll
    void stopHosts() {
        hosts.close();
    }

    @Test
    void isSmallAndQuickAndRemembersAfterKillMinus9() throws Exception {
        HostAndPort address = new HostAndPort("127.0.0.1", freePort());
        Path state = directory.resolve("state");
        new IdentityFiles(state).store(authority.stored(hostId));
        new AgentConfiguration(
                        List.of(address),
                        address,
                        address,
                        "127.0.0.1",
                        hosts.one.uri(),
                        hosts.one.socket(),
                        "libvirt-qemu",
                        directory.resolve("pki"),
                        directory.resolve("run"),
                        Optional.empty())
                .write(AgentConfiguration.fileIn(state));

        Process first = start(state, "first.log");
        long readyMs = awaitReady(first, "first.log");
        ManagedChannel channel = channel(address);
        try {
            HostDescription description =
                    HostServiceGrpc.newBlockingStub(channel).describe(DescribeHostRequest.getDefaultInstance());
            assertThat(description.getHostId()).isEqualTo(hostId);
            assertThat(description.getQemuVersion()).isNotEmpty();
            Operation begun = stop(channel);
            Operation end = awaitEnd(channel, begun.getOperationId());
            assertThat(end.getState()).isEqualTo(OperationState.OPERATION_STATE_SUCCEEDED);
            long residentKib = residentKib(first);
            System.out.println("The agent was ready in " + readyMs + " ms and takes " + residentKib / 1024 + " MiB");
            assertThat(residentKib).isLessThan(RESIDENT_LIMIT_KIB);
            assertThat(readyMs).isLessThan(READY_LIMIT_MS);

            assertThat(first.destroyForcibly().waitFor(10, TimeUnit.SECONDS)).isTrue();
            Process second = start(state, "second.log");
            long unused = awaitReady(second, "second.log");
            assertThat(stop(channel)).as("the same id, the same answer").isEqualTo(end);

            Process rival = start(state, "rival.log");
            assertThat(rival.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(rival.exitValue()).as("two agents on one state").isEqualTo(2);

            second.destroy();
            assertThat(second.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(Files.readString(directory.resolve("second.log"))).contains("Stopped; domains run on");
        } finally {
            channel.shutdownNow();
            first.destroyForcibly();
        }
    }

    private Process start(Path state, String log) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@" + Path.of("src/main/dist/jvm.options").toAbsolutePath(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.meseta.agent.AgentMain",
                        "run",
                        "--state-dir",
                        state.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(log).toFile())
                .start();
    }

    private long awaitReady(Process process, String log) throws IOException {
        Path file = directory.resolve(log);
        Await.until("the agent is ready", () -> {
            if (!process.isAlive()) {
                throw new AssertionError("the agent ended: " + read(file));
            }
            return READY.matcher(read(file)).find();
        });
        Matcher matcher = READY.matcher(Files.readString(file));
        assertThat(matcher.find()).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static long residentKib(Process process) throws IOException {
        Matcher matcher = RESIDENT.matcher(Files.readString(Path.of("/proc", Long.toString(process.pid()), "status")));
        assertThat(matcher.find()).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    private static Operation stop(ManagedChannel channel) {
        return DomainServiceGrpc.newBlockingStub(channel)
                .withWaitForReady()
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .ensureStopped(EnsureStoppedRequest.newBuilder()
                        .setContext(TestManager.context("stop-what-is-not-there"))
                        .setVmId("00000000-0000-4000-8000-000000000001")
                        .setMode(StopMode.STOP_MODE_FORCED)
                        .build());
    }

    private static Operation awaitEnd(ManagedChannel channel, String operationId) {
        GetOperationRequest request =
                GetOperationRequest.newBuilder().setOperationId(operationId).build();
        Await.until(
                "the operation ends",
                () -> OperationServiceGrpc.newBlockingStub(channel).get(request).hasFinishedAt());
        return OperationServiceGrpc.newBlockingStub(channel).get(request);
    }

    private ManagedChannel channel(HostAndPort address) {
        AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
        var manager = authority.manager(UUID.randomUUID().toString());
        keys.updateIdentityCredentials(manager.chain().toArray(X509Certificate[]::new), manager.key());
        return NettyChannelBuilder.forTarget(
                        address.toString(),
                        TlsChannelCredentials.newBuilder()
                                .keyManager(keys)
                                .trustManager(List.of(PeerTrustManager.host(authority.certificate(), hostId))
                                        .toArray(PeerTrustManager[]::new))
                                .build())
                .build();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
