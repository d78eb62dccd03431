package dev.meseta.manager.agents.internal;

import dev.meseta.manager.agents.AgentCall;
import dev.meseta.manager.agents.AgentOperation;
import dev.meseta.manager.agents.DomainSpecification;
import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.proto.v1.CancelOperationRequest;
import dev.meseta.proto.v1.ChangeMigrationRequest;
import dev.meseta.proto.v1.DomainReport;
import dev.meseta.proto.v1.DomainServiceGrpc;
import dev.meseta.proto.v1.EnsureImageRequest;
import dev.meseta.proto.v1.EnsureNetworkRequest;
import dev.meseta.proto.v1.EnsurePausedRequest;
import dev.meseta.proto.v1.EnsureRunningRequest;
import dev.meseta.proto.v1.EnsureStoppedRequest;
import dev.meseta.proto.v1.EnsureStorageDomainRequest;
import dev.meseta.proto.v1.EnsureVolumeRequest;
import dev.meseta.proto.v1.GetDomainRequest;
import dev.meseta.proto.v1.GetOperationRequest;
import dev.meseta.proto.v1.MigrationPolicy;
import dev.meseta.proto.v1.MigrationServiceGrpc;
import dev.meseta.proto.v1.NetworkServiceGrpc;
import dev.meseta.proto.v1.Operation;
import dev.meseta.proto.v1.OperationContext;
import dev.meseta.proto.v1.OperationServiceGrpc;
import dev.meseta.proto.v1.OverlayNetwork;
import dev.meseta.proto.v1.PrepareTargetRequest;
import dev.meseta.proto.v1.RebootDomainRequest;
import dev.meseta.proto.v1.RebootMode;
import dev.meseta.proto.v1.ReleaseTargetRequest;
import dev.meseta.proto.v1.RemoveImageRequest;
import dev.meseta.proto.v1.RemoveSeedRequest;
import dev.meseta.proto.v1.RemoveVolumeRequest;
import dev.meseta.proto.v1.SharedDirectory;
import dev.meseta.proto.v1.StartMigrationRequest;
import dev.meseta.proto.v1.StopMode;
import dev.meseta.proto.v1.SwitchToPostCopyRequest;
import dev.meseta.proto.v1.VolumeServiceGrpc;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractBlockingStub;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Commands as unary gRPC calls. */
final class GrpcHostAgents implements HostAgents {

    /** Time in which disks are made; below the deadline of calls. */
    private static final Duration SOON = Duration.ofMillis(500);

    private final HostConnections connections;
    private final Duration deadline;

    GrpcHostAgents(HostConnections connections, Duration deadline) {
        this.connections = connections;
        this.deadline = deadline;
    }

    @Override
    public boolean isConnected(UUID hostId) {
        return connections.isLive(hostId);
    }

    @Override
    public Optional<AgentOperation> operation(UUID hostId, String operationId) {
        return find(
                        hostId,
                        (channel, epoch) -> timed(OperationServiceGrpc.newBlockingStub(channel))
                                .get(GetOperationRequest.newBuilder()
                                        .setOperationId(operationId)
                                        .setFencingEpoch(epoch)
                                        .build()))
                .map(AgentMessages::operation);
    }

    @Override
    public AgentOperation cancelOperation(UUID hostId, String operationId) {
        return AgentMessages.operation(call(
                hostId,
                (channel, epoch) -> timed(OperationServiceGrpc.newBlockingStub(channel))
                        .cancel(CancelOperationRequest.newBuilder()
                                .setOperationId(operationId)
                                .setFencingEpoch(epoch)
                                .build())));
    }

    @Override
    public AgentOperation ensureRunning(UUID hostId, AgentCall call, DomainSpecification spec) {
        return command(
                hostId,
                call,
                (channel, context) -> domains(channel)
                        .ensureRunning(EnsureRunningRequest.newBuilder()
                                .setContext(context)
                                .setSpec(AgentMessages.domainSpec(spec))
                                .build()));
    }

    @Override
    public AgentOperation ensureStopped(UUID hostId, AgentCall call, UUID vmId, boolean forced) {
        return command(
                hostId,
                call,
                (channel, context) -> domains(channel)
                        .ensureStopped(EnsureStoppedRequest.newBuilder()
                                .setContext(context)
                                .setVmId(vmId.toString())
                                .setMode(forced ? StopMode.STOP_MODE_FORCED : StopMode.STOP_MODE_GRACEFUL)
                                .build()));
    }

    @Override
    public AgentOperation reboot(UUID hostId, AgentCall call, UUID vmId, boolean forced) {
        return command(
                hostId,
                call,
                (channel, context) -> domains(channel)
                        .reboot(RebootDomainRequest.newBuilder()
                                .setContext(context)
                                .setVmId(vmId.toString())
                                .setMode(forced ? RebootMode.REBOOT_MODE_FORCED : RebootMode.REBOOT_MODE_GRACEFUL)
                                .build()));
    }

    @Override
    public AgentOperation ensurePaused(UUID hostId, AgentCall call, UUID vmId, boolean paused) {
        return command(
                hostId,
                call,
                (channel, context) -> domains(channel)
                        .ensurePaused(EnsurePausedRequest.newBuilder()
                                .setContext(context)
                                .setVmId(vmId.toString())
                                .setPaused(paused)
                                .build()));
    }

    @Override
    public Optional<DomainOnHost> domain(UUID hostId, UUID vmId) {
        Optional<DomainReport> report = find(
                hostId,
                (channel, epoch) -> domains(channel)
                        .get(GetDomainRequest.newBuilder()
                                .setVmId(vmId.toString())
                                .setFencingEpoch(epoch)
                                .build()));
        return report.map(found ->
                new DomainOnHost(vmId, AgentMessages.state(found.getState()), AgentMessages.reason(found.getReason())));
    }

    @Override
    public AgentOperation prepareMigrationTarget(
            UUID targetHostId,
            AgentCall call,
            UUID migrationId,
            DomainSpecification spec,
            UUID sourceHostId,
            Instant expiresAt) {
        return command(
                targetHostId,
                call,
                (channel, context) -> migrations(channel)
                        .prepareTarget(PrepareTargetRequest.newBuilder()
                                .setContext(context)
                                .setMigrationId(migrationId.toString())
                                .setSpec(AgentMessages.domainSpec(spec))
                                .setSourceHostId(sourceHostId.toString())
                                .setExpiresAt(AgentMessages.timestamp(expiresAt))
                                .build()));
    }

    @Override
    public AgentOperation startMigration(
            UUID sourceHostId,
            AgentCall call,
            UUID migrationId,
            DomainSpecification spec,
            UUID targetHostId,
            AgentOperation.MigrationTarget target,
            MigrationLimits limits) {
        return begin(
                sourceHostId,
                call,
                (channel, context) -> migrations(channel)
                        .start(StartMigrationRequest.newBuilder()
                                .setContext(context)
                                .setMigrationId(migrationId.toString())
                                .setSpec(AgentMessages.domainSpec(spec))
                                .setTargetHostId(targetHostId.toString())
                                .setTarget(AgentMessages.migrationTarget(target))
                                .setPolicy(MigrationPolicy.newBuilder()
                                        .setMaxDowntimeMs(limits.maxDowntimeMs())
                                        .setBandwidthBytesPerSecond(limits.bandwidthBytesPerSecond())
                                        .setAutoConverge(limits.autoConverge())
                                        .setPostCopyAllowed(limits.postCopyAllowed()))
                                .build()));
    }

    @Override
    public AgentOperation releaseMigrationTarget(UUID targetHostId, AgentCall call, UUID migrationId, UUID vmId) {
        return command(
                targetHostId,
                call,
                (channel, context) -> migrations(channel)
                        .releaseTarget(ReleaseTargetRequest.newBuilder()
                                .setContext(context)
                                .setMigrationId(migrationId.toString())
                                .setVmId(vmId.toString())
                                .build()));
    }

    @Override
    public AgentOperation changeMigration(
            UUID sourceHostId,
            AgentCall call,
            UUID vmId,
            Optional<Long> maxDowntimeMs,
            Optional<Long> bandwidthBytesPerSecond) {
        return command(sourceHostId, call, (channel, context) -> {
            ChangeMigrationRequest.Builder request =
                    ChangeMigrationRequest.newBuilder().setContext(context).setVmId(vmId.toString());
            maxDowntimeMs.ifPresent(request::setMaxDowntimeMs);
            bandwidthBytesPerSecond.ifPresent(request::setBandwidthBytesPerSecond);
            return migrations(channel).change(request.build());
        });
    }

    @Override
    public AgentOperation switchToPostCopy(UUID sourceHostId, AgentCall call, UUID vmId) {
        return command(
                sourceHostId,
                call,
                (channel, context) -> migrations(channel)
                        .switchToPostCopy(SwitchToPostCopyRequest.newBuilder()
                                .setContext(context)
                                .setVmId(vmId.toString())
                                .build()));
    }

    @Override
    public AgentOperation ensureStorageDomain(UUID hostId, AgentCall call, UUID storageDomainId, String path) {
        return command(
                hostId,
                call,
                (channel, context) -> volumes(channel)
                        .ensureStorageDomain(EnsureStorageDomainRequest.newBuilder()
                                .setContext(context)
                                .setSharedDirectory(SharedDirectory.newBuilder()
                                        .setStorageDomainId(storageDomainId.toString())
                                        .setPath(path))
                                .build()));
    }

    @Override
    public AgentOperation ensureVolume(
            UUID hostId,
            AgentCall call,
            UUID storageDomainId,
            UUID diskId,
            Optional<UUID> imageId,
            long virtualSizeBytes) {
        return command(
                hostId,
                call,
                (channel, context) -> volumes(channel)
                        .ensureVolume(EnsureVolumeRequest.newBuilder()
                                .setContext(context)
                                .setStorageDomainId(storageDomainId.toString())
                                .setDiskId(diskId.toString())
                                .setImageId(imageId.map(UUID::toString).orElse(""))
                                .setVirtualSizeBytes(virtualSizeBytes)
                                .build()));
    }

    @Override
    public AgentOperation removeVolume(UUID hostId, AgentCall call, UUID storageDomainId, UUID diskId) {
        return command(
                hostId,
                call,
                (channel, context) -> volumes(channel)
                        .removeVolume(RemoveVolumeRequest.newBuilder()
                                .setContext(context)
                                .setStorageDomainId(storageDomainId.toString())
                                .setDiskId(diskId.toString())
                                .build()));
    }

    @Override
    public AgentOperation ensureImage(
            UUID hostId, AgentCall call, UUID storageDomainId, UUID imageId, String incomingFile) {
        return begin(
                hostId,
                call,
                (channel, context) -> volumes(channel)
                        .ensureImage(EnsureImageRequest.newBuilder()
                                .setContext(context)
                                .setStorageDomainId(storageDomainId.toString())
                                .setImageId(imageId.toString())
                                .setIncomingFile(incomingFile)
                                .build()));
    }

    @Override
    public AgentOperation removeImage(UUID hostId, AgentCall call, UUID storageDomainId, UUID imageId) {
        return command(
                hostId,
                call,
                (channel, context) -> volumes(channel)
                        .removeImage(RemoveImageRequest.newBuilder()
                                .setContext(context)
                                .setStorageDomainId(storageDomainId.toString())
                                .setImageId(imageId.toString())
                                .build()));
    }

    @Override
    public AgentOperation removeSeed(UUID hostId, AgentCall call, UUID storageDomainId, UUID vmId) {
        return command(
                hostId,
                call,
                (channel, context) -> volumes(channel)
                        .removeSeed(RemoveSeedRequest.newBuilder()
                                .setContext(context)
                                .setStorageDomainId(storageDomainId.toString())
                                .setVmId(vmId.toString())
                                .build()));
    }

    @Override
    public AgentOperation ensureNetwork(UUID hostId, AgentCall call, OverlaySpecification overlay) {
        return command(
                hostId,
                call,
                (channel, context) -> timed(NetworkServiceGrpc.newBlockingStub(channel))
                        .ensureNetwork(EnsureNetworkRequest.newBuilder()
                                .setContext(context)
                                .setOverlay(OverlayNetwork.newBuilder()
                                        .setNetworkId(overlay.networkId().toString())
                                        .setName(overlay.name())
                                        .setVni(overlay.vni())
                                        .setMtu(overlay.mtu())
                                        .addAllPeerAddresses(overlay.peerAddresses()))
                                .build()));
    }

    private DomainServiceGrpc.DomainServiceBlockingStub domains(Channel channel) {
        return timed(DomainServiceGrpc.newBlockingStub(channel));
    }

    private MigrationServiceGrpc.MigrationServiceBlockingStub migrations(Channel channel) {
        return timed(MigrationServiceGrpc.newBlockingStub(channel));
    }

    private VolumeServiceGrpc.VolumeServiceBlockingStub volumes(Channel channel) {
        return timed(VolumeServiceGrpc.newBlockingStub(channel));
    }

    private <S extends AbstractBlockingStub<S>> S timed(S stub) {
        return stub.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * A mutation that is over soon as a rule: its end saves the way over the watch stream. What was observed of a domain may
     * come later than the end of what was done to it; tasks wait for both.
     */
    private AgentOperation command(UUID hostId, AgentCall call, Command command) {
        return send(hostId, call, SOON, command);
    }

    /** A mutation that takes long: its end comes over the watch stream. */
    private AgentOperation begin(UUID hostId, AgentCall call, Command command) {
        return send(hostId, call, Duration.ZERO, command);
    }

    private AgentOperation send(UUID hostId, AgentCall call, Duration answerWithin, Command command) {
        return call(
                hostId,
                (channel, epoch) -> AgentMessages.operation(
                        command.send(channel, AgentMessages.context(call, epoch, answerWithin))));
    }

    /** A question that "there is none" is a good answer to. */
    private <T> Optional<T> find(UUID hostId, EpochCall<T> question) {
        return call(hostId, (channel, epoch) -> {
            try {
                return Optional.of(question.send(channel, epoch));
            } catch (StatusRuntimeException e) {
                if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    /** With the present epoch; once more when the agent has seen a higher one that this manager did not know yet. */
    private <T> T call(UUID hostId, EpochCall<T> call) {
        refuseInTransaction();
        boolean again = false;
        while (true) {
            HostConnections.Commandable host = connections.require(hostId);
            long epoch = host.epoch().current();
            try {
                return call.send(host.channel(), epoch);
            } catch (StatusRuntimeException e) {
                MesetaException problem = AgentErrors.fromCall(hostId, e);
                boolean newer =
                        problem.code() == ErrorCode.FENCED && host.epoch().refused(epoch);
                if (!newer || again) {
                    if (problem.code() == ErrorCode.HOST_UNREACHABLE) {
                        connections.unreachable(hostId);
                    }
                    throw problem;
                }
                again = true;
            }
        }
    }

    private static void refuseInTransaction() {
        // It would hold a database connection and locks for as long as a host likes to take.
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("An agent must not be called inside a transaction");
        }
    }

    @FunctionalInterface
    private interface EpochCall<T> {
        T send(Channel channel, long epoch);
    }

    @FunctionalInterface
    private interface Command {
        Operation send(Channel channel, OperationContext context);
    }
}
