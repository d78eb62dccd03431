package dev.meseta.agent.grpc;

import dev.meseta.agent.domain.DomainSpecification;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.hypervisor.MigrationChange;
import dev.meseta.agent.migration.MigrationOrder;
import dev.meseta.agent.migration.MigrationTargets;
import dev.meseta.agent.migration.OutgoingMigrations;
import dev.meseta.agent.operations.OperationBody;
import dev.meseta.agent.operations.OperationKind;
import dev.meseta.agent.operations.OperationResult;
import dev.meseta.agent.operations.Operations;
import dev.meseta.proto.v1.ChangeMigrationRequest;
import dev.meseta.proto.v1.MigrationServiceGrpc;
import dev.meseta.proto.v1.Operation;
import dev.meseta.proto.v1.OperationContext;
import dev.meseta.proto.v1.PrepareTargetRequest;
import dev.meseta.proto.v1.ReleaseTargetRequest;
import dev.meseta.proto.v1.StartMigrationRequest;
import dev.meseta.proto.v1.SwitchToPostCopyRequest;
import dev.meseta.proto.v1.TunnelFrame;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Executor;

/** MigrationService. */
final class MigrationEndpoint extends MigrationServiceGrpc.MigrationServiceImplBase {

    private static final ArrivingBytes.Framing<TunnelFrame> TUNNEL = new ArrivingBytes.Framing<>(
            TunnelFrame::getData,
            bytes -> TunnelFrame.newBuilder().setData(bytes).build());

    private final Operations operations;
    private final OutgoingMigrations outgoing;
    private final MigrationTargets targets;
    private final Executor executor;

    /** @param executor for threads that copy tunnel bytes */
    MigrationEndpoint(Operations operations, OutgoingMigrations outgoing, MigrationTargets targets, Executor executor) {
        this.operations = operations;
        this.outgoing = outgoing;
        this.targets = targets;
        this.executor = executor;
    }

    @Override
    public void prepareTarget(PrepareTargetRequest request, StreamObserver<Operation> observer) {
        Calls.answer(observer, () -> {
            String migrationId = Decoder.migrationId(request.getMigrationId());
            DomainSpecification specification = Decoder.specification(request.getSpec());
            String sourceHostId =
                    Decoder.uuid("source_host_id", request.getSourceHostId()).toString();
            if (!request.hasExpiresAt()) {
                throw AgentException.validation("expires_at must be given");
            }
            Instant expiresAt = Decoder.instant("expires_at", request.getExpiresAt());
            return submit(
                    request.getContext(),
                    OperationKind.MIGRATION_PREPARE_TARGET,
                    migrationId,
                    control -> targets.prepare(migrationId, specification, sourceHostId, expiresAt));
        });
    }

    @Override
    public void start(StartMigrationRequest request, StreamObserver<Operation> observer) {
        Calls.answer(observer, () -> {
            MigrationOrder order = Decoder.migrationOrder(request);
            return submit(
                    request.getContext(),
                    OperationKind.MIGRATION_START,
                    order.specification().vmId().toString(),
                    control -> outgoing.run(order, control));
        });
    }

    @Override
    public void releaseTarget(ReleaseTargetRequest request, StreamObserver<Operation> observer) {
        Calls.answer(observer, () -> {
            String migrationId = Decoder.migrationId(request.getMigrationId());
            UUID vmId = Decoder.uuid("vm_id", request.getVmId());
            return submit(request.getContext(), OperationKind.MIGRATION_RELEASE_TARGET, migrationId, control -> {
                targets.release(migrationId, vmId);
                return OperationResult.NONE;
            });
        });
    }

    @Override
    public void change(ChangeMigrationRequest request, StreamObserver<Operation> observer) {
        Calls.answer(observer, () -> {
            UUID vmId = Decoder.uuid("vm_id", request.getVmId());
            MigrationChange change = new MigrationChange(
                    request.hasMaxDowntimeMs() ? positive(request.getMaxDowntimeMs()) : OptionalLong.empty(),
                    request.hasBandwidthBytesPerSecond()
                            ? positive(request.getBandwidthBytesPerSecond())
                            : OptionalLong.empty());
            return submit(request.getContext(), OperationKind.MIGRATION_CHANGE, vmId.toString(), control -> {
                outgoing.change(vmId, change);
                return OperationResult.NONE;
            });
        });
    }

    @Override
    public void switchToPostCopy(SwitchToPostCopyRequest request, StreamObserver<Operation> observer) {
        Calls.answer(observer, () -> {
            UUID vmId = Decoder.uuid("vm_id", request.getVmId());
            return submit(
                    request.getContext(), OperationKind.MIGRATION_SWITCH_TO_POST_COPY, vmId.toString(), control -> {
                        outgoing.switchToPostCopy(vmId);
                        return OperationResult.NONE;
                    });
        });
    }

    @Override
    public StreamObserver<TunnelFrame> tunnel(StreamObserver<TunnelFrame> observer) {
        String callerHostId = AuthorizationInterceptor.caller().id();
        return new ArrivingBytes<>(
                first -> {
                    MigrationTargets.Arrival arrival = targets.open(first.getMigrationId(), callerHostId);
                    return new ArrivingBytes.Local(arrival.channel(), arrival::close);
                },
                TUNNEL,
                observer,
                executor);
    }

    private static OptionalLong positive(long value) {
        if (value < 0) {
            throw AgentException.validation("A migration's limits must not be negative");
        }
        return OptionalLong.of(value);
    }

    private Operation submit(OperationContext context, OperationKind kind, String targetId, OperationBody body) {
        return Encoder.operation(operations.submit(Decoder.request(context), kind, targetId, body));
    }
}
