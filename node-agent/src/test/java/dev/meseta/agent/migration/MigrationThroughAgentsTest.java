package dev.meseta.agent.migration;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import dev.meseta.agent.hypervisor.DomainState;
import dev.meseta.agent.hypervisor.HypervisorException;
import dev.meseta.agent.hypervisor.MigrationOutcome;
import dev.meseta.agent.identity.KeyAndChain;
import dev.meseta.agent.testing.EchoServer;
import dev.meseta.agent.testing.FakeHypervisor;
import dev.meseta.agent.testing.NoCommands;
import dev.meseta.agent.testing.TestAgent;
import dev.meseta.agent.testing.TestAuthority;
import dev.meseta.agent.testing.TestManager;
import dev.meseta.proto.v1.CancelOperationRequest;
import dev.meseta.proto.v1.DomainSpec;
import dev.meseta.proto.v1.Firmware;
import dev.meseta.proto.v1.MigrationServiceGrpc;
import dev.meseta.proto.v1.MigrationTargetResult;
import dev.meseta.proto.v1.Operation;
import dev.meseta.proto.v1.OperationState;
import dev.meseta.proto.v1.PrepareTargetRequest;
import dev.meseta.proto.v1.ReleaseTargetRequest;
import dev.meseta.proto.v1.StartMigrationRequest;
import dev.meseta.proto.v1.TunnelFrame;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two agents with mutual TLS between them; the hypervisors are fakes that really use the tunnel. */
@Tag("unit")
class MigrationThroughAgentsTest {

    private static final int BYTES = 8 << 20;

    @TempDir
    private Path directory;

    private final TestAuthority authority = new TestAuthority("control", Instant.now());
    private final UUID vmId = UUID.randomUUID();
    private final FakeHypervisor sourceHypervisor = new FakeHypervisor();
    private final FakeHypervisor targetHypervisor = new FakeHypervisor();
    private @org.jspecify.annotations.Nullable Parts started;

    private record Parts(
            TestAgent source, TestAgent target, TestManager atSource, TestManager atTarget, EchoServer libvirt) {}

    @BeforeEach
    void setUp() throws IOException {
        TestAgent source = new TestAgent(
                authority, Files.createDirectory(directory.resolve("s")), sourceHypervisor, new NoCommands());
        TestAgent target = new TestAgent(
                authority, Files.createDirectory(directory.resolve("t")), targetHypervisor, new NoCommands());
        started = new Parts(
                source,
                target,
                new TestManager(source, authority),
                new TestManager(target, authority),
                new EchoServer(target.hypervisorSocket()));
        sourceHypervisor.put(vmId, DomainState.RUNNING, false);
    }

    @AfterEach
    void tearDown() throws IOException {
        parts().atSource().close();
        parts().atTarget().close();
        parts().source().close();
        parts().target().close();
        parts().libvirt().close();
    }

    private Parts parts() {
        return java.util.Objects.requireNonNull(started);
    }

    private DomainSpec spec() {
        return DomainSpec.newBuilder()
                .setVmId(vmId.toString())
                .setName("vm")
                .setVcpus(1)
                .setMemoryBytes(1 << 28)
                .setFirmware(Firmware.FIRMWARE_BIOS)
                .build();
    }

    private Operation prepare(String migrationId, Instant expiresAt) {
        return parts().atTarget()
                .end(parts().atTarget()
                        .migrations()
                        .prepareTarget(PrepareTargetRequest.newBuilder()
                                .setContext(TestManager.context("prepare-" + migrationId))
                                .setMigrationId(migrationId)
                                .setSpec(spec())
                                .setSourceHostId(parts().source().hostId())
                                .setExpiresAt(TestManager.timestamp(expiresAt))
                                .build()));
    }

    private Operation begin(String migrationId, String targetHostId) {
        return parts().atSource()
                .migrations()
                .start(StartMigrationRequest.newBuilder()
                        .setContext(TestManager.context("start-" + migrationId))
                        .setMigrationId(migrationId)
                        .setSpec(spec())
                        .setTargetHostId(targetHostId)
                        .setTarget(MigrationTargetResult.newBuilder()
                                .setMigrationUri("tcp://127.0.0.1")
                                .setAgentAddress(parts().target().address()))
                        .build());
    }

    private Operation start(String migrationId) {
        return parts().atSource().end(begin(migrationId, parts().target().hostId()));
    }

    private static Instant soon() {
        return Instant.now().plusSeconds(60);
    }

    private static String reason(Operation operation) {
        try {
            return operation.getError().getDetails(0).unpack(ErrorInfo.class).getReason();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    /** Sends pseudo-random bytes through the tunnel and checks what the other side's echo returns. */
    private static long conversation(Path socket, int bytes) throws Exception {
        long seed = new SplittableRandom().nextLong();
        System.out.println("MigrationThroughAgentsTest seed " + seed);
        byte[] sent = new byte[bytes];
        new SplittableRandom(seed).nextBytes(sent);
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
                ByteBuffer buffer = ByteBuffer.wrap(sent);
                try {
                    while (buffer.hasRemaining()) {
                        channel.write(buffer);
                    }
                    channel.shutdownOutput();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            ByteBuffer received = ByteBuffer.allocate(bytes + 1);
            while (channel.read(received) >= 0) {
                // Until the other side has ended.
            }
            writing.get(10, TimeUnit.SECONDS);
            assertThat(received.position()).as("seed %d", seed).isEqualTo(bytes);
            assertThat(java.util.Arrays.copyOf(received.array(), bytes)).isEqualTo(sent);
        }
        return bytes;
    }

    /** Whoever connects hears nothing but the end. */
    private static void broken(Path socket) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap(new byte[] {1}));
            if (channel.read(ByteBuffer.allocate(1)) >= 0) {
                throw new IllegalStateException("a tunnel opened");
            }
        }
    }

    @Test
    void theControlConnectionIsCarriedWholeAndTheResultTold() {
        sourceHypervisor.onMigrate(request -> {
            assertThat(request.tls()).isTrue();
            assertThat(Files.getPosixFilePermissions(request.controlSocket()))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
            return new MigrationOutcome(123, 45, conversation(request.controlSocket(), BYTES), 3, false);
        });
        Operation prepared = prepare("m1", soon());
        assertThat(prepared.getState()).isEqualTo(OperationState.OPERATION_STATE_SUCCEEDED);
        assertThat(prepared.getMigrationTarget().getMigrationUri()).isEqualTo("tcp://127.0.0.1");
        Operation migrated = start("m1");
        assertThat(migrated.getState()).as("%s", migrated).isEqualTo(OperationState.OPERATION_STATE_SUCCEEDED);
        assertThat(migrated.getMigration().getDowntimeMs()).isEqualTo(45);
        assertThat(migrated.getMigration().getTransferredBytes()).isEqualTo(BYTES);
        assertThat(parts().libvirt().connections()).isEqualTo(1);
        assertThat(parts().atSource()
                        .await(event -> event.hasMigrationProgress()
                                && event.getMigrationProgress().getDowntimeMs() == 45)
                        .getMigrationProgress()
                        .getMigrationId())
                .isEqualTo("m1");
    }

    @Test
    void withoutPreparationOrAfterItsEndNoTunnelOpens() {
        sourceHypervisor.onMigrate(request -> {
            broken(request.controlSocket());
            throw new IOException("no tunnel");
        });
        Operation unprepared = start("m1");
        assertThat(unprepared.getState()).isEqualTo(OperationState.OPERATION_STATE_FAILED);
        assertThat(reason(unprepared)).isEqualTo("MIGRATION_FAILED");

        prepare("m2", soon());
        Operation released = parts().atTarget()
                .end(parts().atTarget()
                        .migrations()
                        .releaseTarget(ReleaseTargetRequest.newBuilder()
                                .setContext(TestManager.context("release"))
                                .setMigrationId("m2")
                                .setVmId(vmId.toString())
                                .build()));
        assertThat(released.getState()).isEqualTo(OperationState.OPERATION_STATE_SUCCEEDED);
        assertThat(reason(start("m2"))).isEqualTo("MIGRATION_FAILED");

        assertThat(reason(prepare("m3", Instant.now().minusSeconds(1)))).isEqualTo("DEADLINE_EXCEEDED");
        assertThat(parts().libvirt().connections()).isZero();
    }

    @Test
    void anotherHostCannotOpenTheTunnel() throws Exception {
        prepare("m1", soon());
        String otherHost = UUID.randomUUID().toString();
        assertThat(openTunnel(authority.host(otherHost), "m1")).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(openTunnel(authority.manager(otherHost), "m1")).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(openTunnel(authority.host(parts().source().hostId()), "m2"))
                .isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(parts().libvirt().connections()).isZero();
    }

    private Status.Code openTunnel(KeyAndChain as, String migrationId) throws Exception {
        ManagedChannel channel = parts().target().channel(as);
        try {
            CompletableFuture<Status.Code> end = new CompletableFuture<>();
            StreamObserver<TunnelFrame> out = MigrationServiceGrpc.newStub(channel)
                    .tunnel(new StreamObserver<>() {
                        @Override
                        public void onNext(TunnelFrame frame) {
                            end.complete(Status.Code.OK);
                        }

                        @Override
                        public void onError(Throwable thrown) {
                            end.complete(((StatusRuntimeException) thrown)
                                    .getStatus()
                                    .getCode());
                        }

                        @Override
                        public void onCompleted() {
                            end.complete(Status.Code.OK);
                        }
                    });
            out.onNext(TunnelFrame.newBuilder().setMigrationId(migrationId).build());
            return end.get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void theSourceDoesNotTalkToAnAgentThatIsNotTheTarget() {
        prepare("m1", soon());
        sourceHypervisor.onMigrate(request -> {
            broken(request.controlSocket());
            throw new IOException("no tunnel");
        });
        Operation operation =
                parts().atSource().end(begin("m1", UUID.randomUUID().toString()));
        assertThat(reason(operation)).isEqualTo("MIGRATION_FAILED");
        assertThat(parts().libvirt().connections()).isZero();
    }

    @Test
    void cancelReachesTheHypervisorAndTheVmStays() {
        CountDownLatch began = new CountDownLatch(1);
        sourceHypervisor.onMigrate(request -> {
            began.countDown();
            assertThat(sourceHypervisor.cancelled().await(20, TimeUnit.SECONDS)).isTrue();
            throw new HypervisorException(HypervisorException.Code.MIGRATION_CANCELLED, "cancelled");
        });
        prepare("m1", soon());
        Operation begun = begin("m1", parts().target().hostId());
        await(began);
        var unused = parts().atSource()
                .operations()
                .cancel(CancelOperationRequest.newBuilder()
                        .setOperationId(begun.getOperationId())
                        .build());
        Operation end = parts().atSource().end(begun);
        assertThat(end.getState()).isEqualTo(OperationState.OPERATION_STATE_CANCELLED);
        assertThat(reason(end)).isEqualTo("MIGRATION_CANCELLED");
        assertThat(sourceHypervisor.domain(vmId)).isPresent();
    }

    @Test
    void releaseDestroysWhatIsArrivingAndLeavesWhatRuns() {
        for (DomainState state : new DomainState[] {DomainState.INCOMING, DomainState.RUNNING}) {
            targetHypervisor.put(vmId, state, false);
            parts().atTarget()
                    .end(parts().atTarget()
                            .migrations()
                            .releaseTarget(ReleaseTargetRequest.newBuilder()
                                    .setContext(TestManager.context("release-" + state))
                                    .setMigrationId("m1")
                                    .setVmId(vmId.toString())
                                    .build()));
            assertThat(targetHypervisor.domain(vmId).isPresent()).isEqualTo(state == DomainState.RUNNING);
        }
    }

    @Test
    void whenTheTargetAgentDiesTheTunnelBreaks() {
        CountDownLatch began = new CountDownLatch(1);
        sourceHypervisor.onMigrate(request -> {
            try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(request.controlSocket()))) {
                ByteBuffer one = ByteBuffer.wrap(new byte[] {1});
                channel.write(one);
                channel.read(one.clear());
                began.countDown();
                assertThat(channel.read(one.clear())).isEqualTo(-1);
            }
            throw new HypervisorException(HypervisorException.Code.MIGRATION_FAILED, "connection closed");
        });
        prepare("m1", soon());
        Operation begun = begin("m1", parts().target().hostId());
        await(began);
        parts().target().restart();
        assertThat(reason(parts().atSource().end(begun))).isEqualTo("MIGRATION_FAILED");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
