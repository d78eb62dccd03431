package dev.meseta.manager.agents.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import com.google.rpc.ErrorInfo;
import dev.meseta.manager.agents.AgentCall;
import dev.meseta.manager.agents.AgentOperation;
import dev.meseta.manager.agents.AgentOperation.State;
import dev.meseta.manager.agents.DomainSpecification;
import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.agents.HostAgents.DomainOnHost;
import dev.meseta.manager.agents.HostAgents.MigrationLimits;
import dev.meseta.manager.agents.HostAgents.OverlaySpecification;
import dev.meseta.manager.membership.Life;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.proto.v1.DomainReason;
import dev.meseta.proto.v1.DomainReport;
import dev.meseta.proto.v1.DomainState;
import dev.meseta.proto.v1.EnsurePausedRequest;
import dev.meseta.proto.v1.GetOperationRequest;
import dev.meseta.proto.v1.MigrationResult;
import dev.meseta.proto.v1.MigrationTargetResult;
import dev.meseta.proto.v1.Operation;
import dev.meseta.proto.v1.OperationState;
import dev.meseta.proto.v1.RebootDomainRequest;
import dev.meseta.proto.v1.VolumeResult;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Every command on a real channel: what the agent gets, and what is made of its answer. */
@Tag("unit")
class GrpcHostAgentsTest {

    private static final UUID HOST = id(0xa1);
    private static final UUID OTHER_HOST = id(0xa2);
    private static final UUID VM = id(0xb1);
    private static final UUID MIGRATION = id(0xe1);
    private static final UUID DOMAIN = id(0xd1);
    private static final UUID DISK = id(0xd2);
    private static final UUID IMAGE = id(0xd3);
    private static final UUID NETWORK = id(0xf1);
    private static final UUID NIC = id(0xf2);
    private static final Instant SOON = Instant.parse("2027-01-15T08:00:00.000000005Z");
    private static final AgentCall CALL = new AgentCall("task/START/1", "c-1", "admin", Optional.of(SOON));
    private static final DomainSpecification SPEC = new DomainSpecification(
            VM,
            "vm \"one\"",
            2,
            256L << 20,
            true,
            "qemu64",
            List.of(new DomainSpecification.Disk(DISK, DOMAIN, 0)),
            List.of(new DomainSpecification.Nic(NIC, NETWORK, "52:54:00:00:00:01")),
            new DomainSpecification.CloudInit(
                    DOMAIN,
                    "one",
                    List.of(new DomainSpecification.Address("52:54:00:00:00:01", "10.200.0.7/16", "10.200.0.1", 1450)),
                    "#cloud-config\n"),
            7);

    private static final String CONTEXT = """
            context { operation_id: "task/START/1" fencing_epoch: 2 \
            deadline { seconds: 1800000000 nanos: 5 } correlation_id: "c-1" requested_by: "admin"\s""";
    private static final String SPEC_TEXT = """
            spec { vm_id: "%s" name: "vm \\"one\\"" vcpus: 2 memory_bytes: 268435456 firmware: FIRMWARE_UEFI \
            cpu_model: "qemu64" disks { disk_id: "%s" storage_domain_id: "%s" } \
            nics { nic_id: "%s" network_id: "%s" mac_address: "52:54:00:00:00:01" } \
            cloud_init { storage_domain_id: "%s" hostname: "one" \
            addresses { mac_address: "52:54:00:00:00:01" address: "10.200.0.7/16" gateway: "10.200.0.1" mtu: 1450 } \
            user_data: "#cloud-config\\n" } desired_version: 7 }""".formatted(VM, DISK, DOMAIN, NIC, NETWORK, DOMAIN);

    private final AgentsFixture manager = new AgentsFixture(AgentsFixture.PATIENT);
    private final FakeAgent agent = manager.agentOf(HOST);
    private final HostAgents agents = new GrpcHostAgents(manager.connections, AgentsFixture.PATIENT.callDeadline());

    @BeforeEach
    void connect() {
        manager.register(agent, HOST);
        manager.connections.start();
        agent.nextWatch();
    }

    @AfterEach
    void stop() {
        manager.close();
        agent.close();
    }

    static Stream<Arguments> commands() {
        String vm = "vm_id: \"" + VM + "\"";
        String domain = "storage_domain_id: \"" + DOMAIN + "\"";
        return Stream.of(
                command("DomainService/EnsureRunning", SPEC_TEXT, host -> host.ensureRunning(HOST, CALL, SPEC)),
                command(
                        "DomainService/EnsureStopped",
                        vm + " mode: STOP_MODE_FORCED",
                        host -> host.ensureStopped(HOST, CALL, VM, true)),
                command(
                        "DomainService/EnsureStopped",
                        vm + " mode: STOP_MODE_GRACEFUL",
                        host -> host.ensureStopped(HOST, CALL, VM, false)),
                command(
                        "DomainService/Reboot",
                        vm + " mode: REBOOT_MODE_FORCED",
                        host -> host.reboot(HOST, CALL, VM, true)),
                command(
                        "DomainService/Reboot",
                        vm + " mode: REBOOT_MODE_GRACEFUL",
                        host -> host.reboot(HOST, CALL, VM, false)),
                command(
                        "DomainService/EnsurePaused",
                        vm + " paused: true",
                        host -> host.ensurePaused(HOST, CALL, VM, true)),
                command("DomainService/EnsurePaused", vm, host -> host.ensurePaused(HOST, CALL, VM, false)),
                command(
                        "MigrationService/PrepareTarget",
                        "migration_id: \"%s\" %s source_host_id: \"%s\" expires_at { seconds: 1800000000 nanos: 5 }"
                                .formatted(MIGRATION, SPEC_TEXT, OTHER_HOST),
                        host -> host.prepareMigrationTarget(HOST, CALL, MIGRATION, SPEC, OTHER_HOST, SOON)),
                command(
                        "MigrationService/Start",
                        """
                        migration_id: "%s" %s target_host_id: "%s" \
                        target { migration_uri: "tcp://10.0.0.2:49152" agent_address: "10.0.0.2:9444" } \
                        policy { max_downtime_ms: 100 bandwidth_bytes_per_second: 200 auto_converge: true \
                        post_copy_allowed: true }""".formatted(MIGRATION, SPEC_TEXT, OTHER_HOST),
                        host -> host.startMigration(
                                HOST,
                                CALL,
                                MIGRATION,
                                SPEC,
                                OTHER_HOST,
                                new AgentOperation.MigrationTarget("tcp://10.0.0.2:49152", "10.0.0.2:9444"),
                                new MigrationLimits(100, 200, true, true))),
                command(
                        "MigrationService/ReleaseTarget",
                        "migration_id: \"%s\" %s".formatted(MIGRATION, vm),
                        host -> host.releaseMigrationTarget(HOST, CALL, MIGRATION, VM)),
                command(
                        "MigrationService/Change",
                        vm + " max_downtime_ms: 0",
                        host -> host.changeMigration(HOST, CALL, VM, Optional.of(0L), Optional.empty())),
                command(
                        "MigrationService/Change",
                        vm + " bandwidth_bytes_per_second: 9",
                        host -> host.changeMigration(HOST, CALL, VM, Optional.empty(), Optional.of(9L))),
                command("MigrationService/SwitchToPostCopy", vm, host -> host.switchToPostCopy(HOST, CALL, VM)),
                command(
                        "VolumeService/EnsureStorageDomain",
                        "shared_directory { %s path: \"/srv/a b\" }".formatted(domain),
                        host -> host.ensureStorageDomain(HOST, CALL, DOMAIN, "/srv/a b")),
                command(
                        "VolumeService/EnsureVolume",
                        "%s disk_id: \"%s\" image_id: \"%s\" virtual_size_bytes: 5".formatted(domain, DISK, IMAGE),
                        host -> host.ensureVolume(HOST, CALL, DOMAIN, DISK, Optional.of(IMAGE), 5)),
                command(
                        "VolumeService/EnsureVolume",
                        "%s disk_id: \"%s\"".formatted(domain, DISK),
                        host -> host.ensureVolume(HOST, CALL, DOMAIN, DISK, Optional.empty(), 0)),
                command(
                        "VolumeService/RemoveVolume",
                        "%s disk_id: \"%s\"".formatted(domain, DISK),
                        host -> host.removeVolume(HOST, CALL, DOMAIN, DISK)),
                command(
                        "VolumeService/EnsureImage",
                        "%s image_id: \"%s\" incoming_file: \"a.qcow2\"".formatted(domain, IMAGE),
                        host -> host.ensureImage(HOST, CALL, DOMAIN, IMAGE, "a.qcow2")),
                command(
                        "VolumeService/RemoveImage",
                        "%s image_id: \"%s\"".formatted(domain, IMAGE),
                        host -> host.removeImage(HOST, CALL, DOMAIN, IMAGE)),
                command("VolumeService/RemoveSeed", domain + " " + vm, host -> host.removeSeed(HOST, CALL, DOMAIN, VM)),
                command(
                        "NetworkService/EnsureNetwork",
                        """
                        overlay { network_id: "%s" name: "default" vni: 4200 mtu: 1450 \
                        peer_addresses: "10.0.0.2" peer_addresses: "10.0.0.3" }""".formatted(NETWORK),
                        host -> host.ensureNetwork(
                                HOST,
                                CALL,
                                new OverlaySpecification(
                                        NETWORK, "default", 4200, 1450, List.of("10.0.0.2", "10.0.0.3")))));
    }

    private static Arguments command(String method, String fields, Function<HostAgents, AgentOperation> call) {
        return Arguments.of(method, fields, call);
    }

    @ParameterizedTest(name = "{0} {index}")
    @MethodSource("commands")
    void sendsEveryCommandAsTheContractSays(
            String method, String fields, Function<HostAgents, AgentOperation> command) {
        agent.answer((name, request) -> Operation.newBuilder()
                .setOperationId("task/START/1")
                .setKind("some.kind")
                .setTargetId("target")
                .setState(OperationState.OPERATION_STATE_RUNNING)
                .build());

        AgentOperation answer = command.apply(agents);

        assertThat(answer)
                .isEqualTo(new AgentOperation(
                        "task/START/1", "some.kind", "target", State.RUNNING, null, "", null, null, null));
        FakeAgent.Call call = agent.nextCall();
        assertThat(call.method()).isEqualTo("meseta.v1." + method);
        assertThat(call.request()).isEqualTo(parse(call.request(), context(method) + " " + fields));
    }

    /** What takes long is answered at once. */
    private static String context(String method) {
        boolean atOnce =
                Set.of("MigrationService/Start", "VolumeService/EnsureImage").contains(method);
        return CONTEXT + (atOnce ? "}" : "answer_within_ms: 500 }");
    }

    private static Message parse(Message like, String text) {
        try {
            Message.Builder builder = like.newBuilderForType();
            TextFormat.merge(text, builder);
            return builder.build();
        } catch (TextFormat.ParseException e) {
            throw new AssertionError(text, e);
        }
    }

    @Test
    void aCallWithoutADeadlineSaysNone() {
        agent.answer((name, request) -> Operation.getDefaultInstance());
        agents.ensurePaused(HOST, new AgentCall("o", "c", "u", Optional.empty()), VM, true);

        EnsurePausedRequest request = (EnsurePausedRequest) agent.nextCall().request();
        assertThat(request.getContext().hasDeadline()).isFalse();
    }

    @Test
    void readsEveryResult() {
        agent.answer((name, request) -> succeeded()
                .setVolume(VolumeResult.newBuilder()
                        .setPath("/srv/x")
                        .setVirtualSizeBytes(10)
                        .setAllocatedBytes(4))
                .build());
        assertThat(agents.operation(HOST, "o"))
                .map(AgentOperation::volume)
                .contains(new AgentOperation.Volume("/srv/x", 10, 4));

        agent.answer((name, request) -> succeeded()
                .setMigrationTarget(MigrationTargetResult.newBuilder()
                        .setMigrationUri("tcp://h:1")
                        .setAgentAddress("h:2"))
                .build());
        assertThat(agents.operation(HOST, "o"))
                .map(AgentOperation::migrationTarget)
                .contains(new AgentOperation.MigrationTarget("tcp://h:1", "h:2"));

        agent.answer((name, request) -> succeeded()
                .setMigration(MigrationResult.newBuilder()
                        .setTotalMs(1)
                        .setDowntimeMs(2)
                        .setTransferredBytes(3)
                        .setIterations(4)
                        .setPostCopy(true))
                .build());
        assertThat(agents.cancelOperation(HOST, "o").migration())
                .isEqualTo(new AgentOperation.Migration(1, 2, 3, 4, true));
        assertThat(agent.nextCall().method()).isEqualTo("meseta.v1.OperationService/Get");
    }

    @ParameterizedTest
    @EnumSource(OperationState.class)
    void knowsEveryState(OperationState state) {
        if (state == OperationState.UNRECOGNIZED) {
            agent.answer(
                    (name, request) -> Operation.newBuilder().setStateValue(99).build());
        } else {
            agent.answer(
                    (name, request) -> Operation.newBuilder().setState(state).build());
        }
        State expected = switch (state) {
            case OPERATION_STATE_RUNNING -> State.RUNNING;
            case OPERATION_STATE_SUCCEEDED -> State.SUCCEEDED;
            case OPERATION_STATE_FAILED -> State.FAILED;
            case OPERATION_STATE_CANCELLED -> State.CANCELLED;
            default -> State.OUTCOME_UNKNOWN;
        };
        assertThat(agents.operation(HOST, "o")).map(AgentOperation::state).contains(expected);
    }

    @Test
    void aFailedOperationCarriesItsCode() {
        agent.answer((name, request) -> Operation.newBuilder()
                .setState(OperationState.OPERATION_STATE_FAILED)
                .setError(error("DOMAIN_START_FAILED", "no KVM"))
                .build());
        assertThat(agents.operation(HOST, "o")).hasValueSatisfying(operation -> {
            assertThat(operation.errorCode()).isEqualTo(ErrorCode.DOMAIN_START_FAILED);
            assertThat(operation.errorDetail()).isEqualTo("no KVM");
        });

        agent.answer((name, request) -> Operation.newBuilder()
                .setState(OperationState.OPERATION_STATE_FAILED)
                .setError(error("FROM_THE_FUTURE", "what?"))
                .build());
        assertThat(agents.operation(HOST, "o")).hasValueSatisfying(operation -> {
            assertThat(operation.errorCode()).isEqualTo(ErrorCode.AGENT_ERROR);
            assertThat(operation.errorDetail()).isEqualTo("FROM_THE_FUTURE: what?");
        });
    }

    @Test
    void thereMayBeNoSuchOperationOrDomain() {
        agent.answer((name, request) -> {
            throw Status.NOT_FOUND.asRuntimeException();
        });
        assertThat(agents.operation(HOST, "o")).isEmpty();
        assertThat(agents.domain(HOST, VM)).isEmpty();
        assertThat(code(() -> agents.cancelOperation(HOST, "o"))).isEqualTo(ErrorCode.AGENT_ERROR);
    }

    @Test
    void tellsWhatADomainDoes() {
        agent.answer((name, request) -> DomainReport.newBuilder()
                .setVmId(VM.toString())
                .setState(DomainState.DOMAIN_STATE_PAUSED)
                .setReason(DomainReason.DOMAIN_REASON_POST_COPY_FAILED)
                .build());
        assertThat(agents.domain(HOST, VM)).contains(new DomainOnHost(VM, "PAUSED", "POST_COPY_FAILED"));

        agent.answer((name, request) -> DomainReport.getDefaultInstance());
        assertThat(agents.domain(HOST, VM)).contains(new DomainOnHost(VM, "", ""));
    }

    @Test
    void refusalsKeepTheirCode() {
        agent.answer(refusal(io.grpc.Status.Code.FAILED_PRECONDITION, "VM_NOT_RUNNING", "it is off"));
        MesetaException problem =
                catchThrowableOfType(MesetaException.class, () -> agents.reboot(HOST, CALL, VM, false));
        assertThat(problem.code()).isEqualTo(ErrorCode.VM_NOT_RUNNING);
        assertThat(problem).hasMessage("it is off");

        // What the agent says counts for more than the status it travels with.
        agent.answer(refusal(io.grpc.Status.Code.UNAVAILABLE, "HYPERVISOR_UNAVAILABLE", "libvirtd is down"));
        assertThat(code(() -> agents.reboot(HOST, CALL, VM, false))).isEqualTo(ErrorCode.HYPERVISOR_UNAVAILABLE);

        agent.answer(refusal(io.grpc.Status.Code.INTERNAL, "SOMETHING_NEW", "boo"));
        assertThatThrownBy(() -> agents.reboot(HOST, CALL, VM, false)).hasMessage("SOMETHING_NEW: boo");

        // The user is not told to sign in because the agent does not believe the manager.
        agent.answer(refusal(io.grpc.Status.Code.UNAUTHENTICATED, "UNAUTHENTICATED", "who are you"));
        assertThat(code(() -> agents.reboot(HOST, CALL, VM, false))).isEqualTo(ErrorCode.AGENT_ERROR);

        agent.answer((name, request) -> {
            throw Status.PERMISSION_DENIED.withDescription("no").asRuntimeException();
        });
        assertThat(code(() -> agents.reboot(HOST, CALL, VM, false))).isEqualTo(ErrorCode.AGENT_ERROR);
    }

    @Test
    void noAnswerIsUnreachable() throws InterruptedException {
        HostAgents impatient = new GrpcHostAgents(manager.connections, java.time.Duration.ofMillis(200));
        CountDownLatch answered = new CountDownLatch(1);
        agent.answer((name, request) -> {
            try {
                if (!answered.await(10, TimeUnit.SECONDS)) {
                    throw new AssertionError("nobody ended the wait");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Operation.getDefaultInstance();
        });
        assertThat(code(() -> impatient.reboot(HOST, CALL, VM, false))).isEqualTo(ErrorCode.HOST_UNREACHABLE);
        answered.countDown();

        agent.kill();
        assertThat(code(() -> agents.reboot(HOST, CALL, VM, false))).isEqualTo(ErrorCode.HOST_UNREACHABLE);
        assertThat(code(() -> agents.operation(HOST, "o"))).isEqualTo(ErrorCode.HOST_UNREACHABLE);
        assertThat(code(() -> agents.operation(OTHER_HOST, "o"))).isEqualTo(ErrorCode.HOST_UNREACHABLE);
        assertThat(agents.isConnected(OTHER_HOST)).isFalse();
    }

    @Test
    void nothingIsCalledInsideATransaction() {
        TransactionSynchronizationManager.setActualTransactionActive(true);
        try {
            assertThatThrownBy(() -> agents.ensurePaused(HOST, CALL, VM, true))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> agents.operation(HOST, "o")).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> agents.domain(HOST, VM)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> agents.cancelOperation(HOST, "o")).isInstanceOf(IllegalStateException.class);
        } finally {
            TransactionSynchronizationManager.setActualTransactionActive(false);
        }
    }

    @Test
    void aManagerWithoutALeaseNeitherCommandsNorAsks() {
        manager.membership.member = false;
        assertThat(code(() -> agents.reboot(HOST, CALL, VM, false))).isEqualTo(ErrorCode.FENCED);
        assertThat(code(() -> agents.operation(HOST, "o"))).isEqualTo(ErrorCode.FENCED);
        assertThat(code(() -> agents.domain(HOST, VM))).isEqualTo(ErrorCode.FENCED);

        manager.membership.member = true;
        agent.answer((name, request) -> Operation.getDefaultInstance());
        assertThat(agents.operation(HOST, "o")).isPresent();
        assertThat(agent.nextCall().request())
                .isEqualTo(GetOperationRequest.newBuilder()
                        .setOperationId("o")
                        .setFencingEpoch(2)
                        .build());
    }

    @Test
    void aManagerThatOthersAreAheadOfCatchesUpAndTriesAgain() {
        manager.membership.termInDatabase = 5;
        agent.answer((name, request) -> {
            if (((RebootDomainRequest) request).getContext().getFencingEpoch() < 6) {
                throw statusWith(Status.Code.FAILED_PRECONDITION, error("FENCED", "epoch 6 was seen"));
            }
            return Operation.getDefaultInstance();
        });
        agents.reboot(HOST, CALL, VM, false);
        agent.nextCall();
        agent.nextCall();
    }

    @Test
    void aHostOfAnotherManagerIsCommandedToo() {
        manager.ownership.owners.put(HOST, new Life(OTHER_HOST, 1));
        manager.connections.shareOut();
        assertThat(manager.connections.watches(HOST)).isFalse();
        agent.answer((name, request) -> Operation.getDefaultInstance());
        agents.reboot(HOST, CALL, VM, false);
        assertThat(agent.nextCall().method()).isEqualTo("meseta.v1.DomainService/Reboot");
    }

    private static Operation.Builder succeeded() {
        return Operation.newBuilder().setState(OperationState.OPERATION_STATE_SUCCEEDED);
    }

    private static FakeAgent.Answer refusal(Status.Code status, String reason, String message) {
        return (name, request) -> {
            throw statusWith(status, error(reason, message));
        };
    }

    private static StatusRuntimeException statusWith(Status.Code status, com.google.rpc.Status error) {
        return StatusProto.toStatusRuntimeException(
                error.toBuilder().setCode(status.value()).build());
    }

    private static com.google.rpc.Status error(String reason, String message) {
        return com.google.rpc.Status.newBuilder()
                .setCode(Status.Code.INTERNAL.value())
                .setMessage(message)
                // Another detail first: only ErrorInfo counts.
                .addDetails(Any.pack(Duration.getDefaultInstance()))
                .addDetails(Any.pack(ErrorInfo.newBuilder().setReason(reason).build()))
                .build();
    }

    private static ErrorCode code(Callable<?> call) {
        return catchThrowableOfType(MesetaException.class, call::call).code();
    }

    private static UUID id(int last) {
        return UUID.fromString("00000000-0000-7000-8000-%012x".formatted(last));
    }
}
