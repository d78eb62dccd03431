package dev.meseta.agent.grpc;

import com.google.protobuf.Timestamp;
import dev.meseta.agent.hypervisor.DomainReason;
import dev.meseta.agent.hypervisor.DomainStatus;
import dev.meseta.agent.hypervisor.HostFacts;
import dev.meseta.agent.hypervisor.MigrationStatistics;
import dev.meseta.agent.operations.OperationRecord;
import dev.meseta.agent.operations.OperationResult;
import dev.meseta.agent.watch.AgentEvent;
import dev.meseta.agent.watch.HostDescription;
import dev.meseta.agent.watch.HostSample;
import dev.meseta.agent.watch.WatchItem;
import dev.meseta.proto.v1.Acceleration;
import dev.meseta.proto.v1.DomainReport;
import dev.meseta.proto.v1.DomainState;
import dev.meseta.proto.v1.HostCondition;
import dev.meseta.proto.v1.HostStatistics;
import dev.meseta.proto.v1.LostEvents;
import dev.meseta.proto.v1.MigrationProgress;
import dev.meseta.proto.v1.MigrationResult;
import dev.meseta.proto.v1.MigrationTargetResult;
import dev.meseta.proto.v1.Operation;
import dev.meseta.proto.v1.OperationState;
import dev.meseta.proto.v1.SnapshotEnd;
import dev.meseta.proto.v1.VolumeResult;
import dev.meseta.proto.v1.WatchEvent;
import java.time.Instant;
import java.util.UUID;

/** The agent's own terms into messages. */
final class Encoder {

    private Encoder() {}

    static Operation operation(OperationRecord operation) {
        Operation.Builder message = Operation.newBuilder()
                .setOperationId(operation.operationId())
                .setKind(operation.kind().wireName())
                .setTargetId(operation.targetId())
                .setState(
                        switch (operation.state()) {
                            case RUNNING -> OperationState.OPERATION_STATE_RUNNING;
                            case SUCCEEDED -> OperationState.OPERATION_STATE_SUCCEEDED;
                            case FAILED -> OperationState.OPERATION_STATE_FAILED;
                            case CANCELLED -> OperationState.OPERATION_STATE_CANCELLED;
                            case OUTCOME_UNKNOWN -> OperationState.OPERATION_STATE_OUTCOME_UNKNOWN;
                        })
                .setStartedAt(timestamp(operation.startedAt()));
        operation.finishedAt().ifPresent(at -> message.setFinishedAt(timestamp(at)));
        operation.failure().ifPresent(failure -> message.setError(GrpcErrors.status(failure.code(), failure.detail())));
        result(message, operation.result());
        return message.build();
    }

    private static void result(Operation.Builder message, OperationResult result) {
        if (result instanceof OperationResult.Volume volume) {
            message.setVolume(VolumeResult.newBuilder()
                    .setPath(volume.path())
                    .setVirtualSizeBytes(volume.virtualSizeBytes())
                    .setAllocatedBytes(volume.allocatedBytes()));
        } else if (result instanceof OperationResult.MigrationTarget target) {
            message.setMigrationTarget(MigrationTargetResult.newBuilder()
                    .setMigrationUri(target.migrationUri())
                    .setAgentAddress(target.agentAddress()));
        } else if (result instanceof OperationResult.Migration migration) {
            message.setMigration(MigrationResult.newBuilder()
                    .setTotalMs(migration.totalMs())
                    .setDowntimeMs(migration.downtimeMs())
                    .setTransferredBytes(migration.transferredBytes())
                    .setIterations(migration.iterations())
                    .setPostCopy(migration.postCopy()));
        }
    }

    static DomainReport domain(DomainStatus status, Instant observedAt) {
        return DomainReport.newBuilder()
                .setVmId(status.vmId().toString())
                .setName(status.name())
                .setState(
                        switch (status.state()) {
                            case RUNNING -> DomainState.DOMAIN_STATE_RUNNING;
                            case PAUSED -> DomainState.DOMAIN_STATE_PAUSED;
                            case SHUTTING_DOWN -> DomainState.DOMAIN_STATE_SHUTTING_DOWN;
                            case INCOMING -> DomainState.DOMAIN_STATE_INCOMING;
                            case GONE -> DomainState.DOMAIN_STATE_GONE;
                        })
                .setReason(reason(status.reason()))
                .setVcpus(status.vcpus())
                .setMemoryBytes(status.memoryBytes())
                .setObservedAt(timestamp(observedAt))
                .setExternal(status.external())
                .build();
    }

    private static dev.meseta.proto.v1.DomainReason reason(DomainReason reason) {
        return switch (reason) {
            case NONE -> dev.meseta.proto.v1.DomainReason.DOMAIN_REASON_UNSPECIFIED;
            case USER -> dev.meseta.proto.v1.DomainReason.DOMAIN_REASON_USER;
            case GUEST_SHUTDOWN -> dev.meseta.proto.v1.DomainReason.DOMAIN_REASON_GUEST_SHUTDOWN;
            case CRASHED -> dev.meseta.proto.v1.DomainReason.DOMAIN_REASON_CRASHED;
            case MIGRATED -> dev.meseta.proto.v1.DomainReason.DOMAIN_REASON_MIGRATED;
            case IO_ERROR -> dev.meseta.proto.v1.DomainReason.DOMAIN_REASON_IO_ERROR;
            case MIGRATING -> dev.meseta.proto.v1.DomainReason.DOMAIN_REASON_MIGRATING;
            case POST_COPY -> dev.meseta.proto.v1.DomainReason.DOMAIN_REASON_POST_COPY;
            case POST_COPY_FAILED -> dev.meseta.proto.v1.DomainReason.DOMAIN_REASON_POST_COPY_FAILED;
            case DESTROYED -> dev.meseta.proto.v1.DomainReason.DOMAIN_REASON_DESTROYED;
        };
    }

    static dev.meseta.proto.v1.HostDescription host(HostDescription description) {
        HostFacts facts = description.facts();
        var message = dev.meseta.proto.v1.HostDescription.newBuilder()
                .setHostId(description.hostId())
                .setHostname(facts.hostname())
                .setAgentVersion(description.agentVersion())
                .setBootId(facts.bootId())
                .setAgentInstanceId(description.agentInstanceId())
                .setKernelVersion(facts.kernelVersion())
                .setLibvirtVersion(facts.hypervisorVersion())
                .setQemuVersion(facts.emulatorVersion())
                .setCpus(facts.cpus())
                .setCpuModel(facts.cpuModel())
                .setMemoryBytes(facts.memoryBytes())
                .setAcceleration(
                        switch (facts.acceleration()) {
                            case KVM -> Acceleration.ACCELERATION_KVM;
                            case TCG -> Acceleration.ACCELERATION_TCG;
                        })
                .addAllCapabilities(description.capabilities())
                .setMigrationAddress(description.migrationAddress())
                .setAgentAddress(description.agentAddress());
        for (HostFacts.Condition condition : description.conditions()) {
            message.addConditions(
                    HostCondition.newBuilder().setCode(condition.code()).setMessage(condition.message()));
        }
        return message.build();
    }

    static WatchEvent watchEvent(WatchItem item) {
        WatchEvent.Builder message =
                WatchEvent.newBuilder().setResumeToken(item.resumeToken()).setSequence(item.sequence());
        if (item.content() instanceof WatchItem.Event event) {
            event(message, event.event());
        } else if (item.content() instanceof WatchItem.LostEvents lost) {
            message.setLostEvents(LostEvents.newBuilder().setCount(lost.count()));
        } else {
            message.setSnapshotEnd(SnapshotEnd.getDefaultInstance());
        }
        return message.build();
    }

    private static void event(WatchEvent.Builder message, AgentEvent event) {
        switch (event) {
            case AgentEvent.HostDescribed host -> message.setHost(host(host.description()));
            case AgentEvent.DomainObserved domain -> message.setDomain(domain(domain.status(), domain.observedAt()));
            case AgentEvent.OperationChanged changed -> message.setOperation(operation(changed.operation()));
            case AgentEvent.MigrationProgressed progress ->
                message.setMigrationProgress(progress(progress.migrationId(), progress.vmId(), progress.statistics()));
            case AgentEvent.StatisticsSampled sampled -> message.setStatistics(statistics(sampled.sample()));
        }
    }

    private static MigrationProgress progress(String migrationId, UUID vmId, MigrationStatistics statistics) {
        return MigrationProgress.newBuilder()
                .setMigrationId(migrationId)
                .setVmId(vmId.toString())
                .setElapsedMs(statistics.elapsedMs())
                .setMemoryTotalBytes(statistics.memoryTotalBytes())
                .setMemoryTransferredBytes(statistics.memoryTransferredBytes())
                .setMemoryRemainingBytes(statistics.memoryRemainingBytes())
                .setDirtyRateBytesPerSecond(statistics.dirtyRateBytesPerSecond())
                .setBandwidthBytesPerSecond(statistics.bandwidthBytesPerSecond())
                .setIteration(statistics.iteration())
                .setDowntimeMs(statistics.downtimeMs())
                .setPostCopy(statistics.postCopy())
                .setThrottlePercent(statistics.throttlePercent())
                .build();
    }

    private static HostStatistics statistics(HostSample sample) {
        return HostStatistics.newBuilder()
                .setSampledAt(timestamp(sample.sampledAt()))
                .setCpuUsagePercent(sample.cpuUsagePercent())
                .setMemoryUsedBytes(sample.memoryUsedBytes())
                .setMemoryAvailableBytes(sample.memoryAvailableBytes())
                .build();
    }

    static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }
}
