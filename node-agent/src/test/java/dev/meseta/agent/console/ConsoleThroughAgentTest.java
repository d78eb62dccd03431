package dev.meseta.agent.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.meseta.agent.hypervisor.DomainDefinition;
import dev.meseta.agent.hypervisor.simulated.SimulatedFabric;
import dev.meseta.agent.hypervisor.simulated.SimulatedHost;
import dev.meseta.agent.hypervisor.simulated.SimulatedHypervisor;
import dev.meseta.agent.hypervisor.simulated.VirtualClock;
import dev.meseta.agent.testing.NoCommands;
import dev.meseta.agent.testing.TestAgent;
import dev.meseta.agent.testing.TestAuthority;
import dev.meseta.proto.v1.ConsoleFrame;
import dev.meseta.proto.v1.ConsoleKind;
import dev.meseta.proto.v1.ConsoleServiceGrpc;
import dev.meseta.proto.v1.ConsoleTarget;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Consoles over gRPC, as a manager opens them; the guest is simulated and says again what it is told. */
@Tag("unit")
class ConsoleThroughAgentTest {

    private static final long PATIENCE_S = 20;

    @TempDir
    private Path directory;

    private final TestAuthority authority = new TestAuthority("control", Instant.now());
    private final SimulatedFabric fabric =
            new SimulatedFabric(new VirtualClock(Instant.parse("2026-01-01T00:00:00Z")), 1);
    private final SimulatedHypervisor hypervisor = fabric.addHost(SimulatedHost.ofDefaultSize("one", "10.0.0.1"));
    private final UUID vmId = UUID.randomUUID();
    private @org.jspecify.annotations.Nullable Parts started;

    private record Parts(TestAgent agent, ManagedChannel manager) {}

    @BeforeEach
    void aGuestRuns() {
        TestAgent agent = new TestAgent(authority, directory, hypervisor, new NoCommands());
        started = new Parts(
                agent, agent.channel(authority.manager(UUID.randomUUID().toString())));
        hypervisor.start(new DomainDefinition(
                vmId,
                "web-1",
                1,
                1 << 26,
                DomainDefinition.Firmware.BIOS,
                Optional.empty(),
                List.of(),
                List.of(),
                Optional.empty(),
                1));
    }

    @AfterEach
    void close() {
        parts().manager().shutdownNow();
        parts().agent().close();
        fabric.close();
    }

    private Parts parts() {
        return java.util.Objects.requireNonNull(started);
    }

    /** A manager's end of a console. */
    private static final class Console implements StreamObserver<ConsoleFrame> {

        private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
        private final CompletableFuture<Status> end = new CompletableFuture<>();
        private @org.jspecify.annotations.Nullable StreamObserver<ConsoleFrame> agent;

        @Override
        public void onNext(ConsoleFrame frame) {
            synchronized (shown) {
                try {
                    frame.getData().writeTo(shown);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
                shown.notifyAll();
            }
        }

        @Override
        public void onError(Throwable thrown) {
            end.complete(Status.fromThrowable(thrown));
        }

        @Override
        public void onCompleted() {
            end.complete(Status.OK);
        }

        private StreamObserver<ConsoleFrame> agent() {
            return java.util.Objects.requireNonNull(agent);
        }

        void type(String text) {
            agent().onNext(ConsoleFrame.newBuilder()
                    .setData(ByteString.copyFromUtf8(text))
                    .build());
        }

        void awaitText(String text) throws InterruptedException {
            long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
            synchronized (shown) {
                while (!shown.toString(StandardCharsets.UTF_8).contains(text)) {
                    assertThat(System.nanoTime()).as("shown: %s", shown).isLessThan(giveUp);
                    shown.wait(100);
                }
            }
        }

        Status.Code end() throws Exception {
            try {
                return end.get(PATIENCE_S, TimeUnit.SECONDS).getCode();
            } catch (ExecutionException e) {
                throw new AssertionError(e);
            }
        }
    }

    private Console open(ConsoleTarget target) {
        Console console = new Console();
        console.agent = ConsoleServiceGrpc.newStub(parts().manager()).open(console);
        console.agent().onNext(ConsoleFrame.newBuilder().setTarget(target).build());
        return console;
    }

    private Console open(UUID vm, ConsoleKind kind) {
        return open(
                ConsoleTarget.newBuilder().setVmId(vm.toString()).setKind(kind).build());
    }

    @Test
    void aGuestIsSeenAndHearsWhatIsTyped() throws Exception {
        Console console = open(vmId, ConsoleKind.CONSOLE_KIND_SERIAL);
        console.awaitText("simulated guest web-1");
        String long1 = "a".repeat(300_000);
        console.type(long1);
        console.type("and the end");
        console.awaitText(long1 + "and the end");
    }

    @Test
    void itEndsWhenTheManagerOrTheGuestDoes() throws Exception {
        Console left = open(vmId, ConsoleKind.CONSOLE_KIND_SERIAL);
        left.awaitText("web-1");
        left.agent().onCompleted();
        assertThat(left.end()).isEqualTo(Status.Code.OK);

        Console cut = open(vmId, ConsoleKind.CONSOLE_KIND_SERIAL);
        cut.awaitText("web-1");
        hypervisor.destroy(vmId);
        assertThat(cut.end()).isIn(Status.Code.OK, Status.Code.CANCELLED);
        cut.agent().onCompleted();
    }

    @Test
    void whoComesLastHasTheSerialPort() throws Exception {
        Console first = open(vmId, ConsoleKind.CONSOLE_KIND_SERIAL);
        first.awaitText("web-1");
        Console second = open(vmId, ConsoleKind.CONSOLE_KIND_SERIAL);
        second.awaitText("web-1");
        assertThat(first.end()).isIn(Status.Code.OK, Status.Code.CANCELLED);
        second.type("still here");
        second.awaitText("still here");
    }

    @Test
    void whatIsNotThereIsRefused() throws Exception {
        assertThat(open(UUID.randomUUID(), ConsoleKind.CONSOLE_KIND_SERIAL).end())
                .isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(open(vmId, ConsoleKind.CONSOLE_KIND_VNC).end()).isNotIn(Status.Code.OK, Status.Code.UNKNOWN);
        assertThat(open(vmId, ConsoleKind.CONSOLE_KIND_UNSPECIFIED).end()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(open(ConsoleTarget.newBuilder().setVmId("../x").build()).end())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        Console fenced = open(ConsoleTarget.newBuilder()
                .setVmId(vmId.toString())
                .setKind(ConsoleKind.CONSOLE_KIND_SERIAL)
                .setFencingEpoch(7)
                .build());
        fenced.awaitText("web-1");
        assertThat(open(ConsoleTarget.newBuilder()
                                .setVmId(vmId.toString())
                                .setKind(ConsoleKind.CONSOLE_KIND_SERIAL)
                                .setFencingEpoch(6)
                                .build())
                        .end())
                .isEqualTo(Status.Code.FAILED_PRECONDITION);
    }
}
