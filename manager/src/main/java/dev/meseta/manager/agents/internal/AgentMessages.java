package dev.meseta.manager.agents.internal;

import com.google.protobuf.Timestamp;
import dev.meseta.manager.agents.AgentCall;
import dev.meseta.manager.agents.AgentOperation;
import dev.meseta.manager.agents.AgentOperation.State;
import dev.meseta.manager.agents.DomainSpecification;
import dev.meseta.manager.agents.MigrationProgressed;
import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.inventory.Observations.DomainObservation;
import dev.meseta.manager.inventory.Observations.HostReport;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.proto.v1.CloudInitAddress;
import dev.meseta.proto.v1.CloudInitSpec;
import dev.meseta.proto.v1.DiskSpec;
import dev.meseta.proto.v1.DomainReason;
import dev.meseta.proto.v1.DomainReport;
import dev.meseta.proto.v1.DomainSpec;
import dev.meseta.proto.v1.DomainState;
import dev.meseta.proto.v1.Firmware;
import dev.meseta.proto.v1.HostDescription;
import dev.meseta.proto.v1.MigrationProgress;
import dev.meseta.proto.v1.MigrationResult;
import dev.meseta.proto.v1.MigrationTargetResult;
import dev.meseta.proto.v1.NicSpec;
import dev.meseta.proto.v1.Operation;
import dev.meseta.proto.v1.OperationContext;
import dev.meseta.proto.v1.VolumeResult;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Between the contract's messages and the manager's own records. */
final class AgentMessages {

    private static final String STATE_PREFIX = "DOMAIN_STATE_";
    private static final String REASON_PREFIX = "DOMAIN_REASON_";

    private AgentMessages() {}

    static OperationContext context(AgentCall call, long epoch, Duration answerWithin) {
        OperationContext.Builder context = OperationContext.newBuilder()
                .setOperationId(call.operationId())
                .setFencingEpoch(epoch)
                .setCorrelationId(call.correlationId())
                .setRequestedBy(call.requestedBy())
                .setAnswerWithinMs((int) answerWithin.toMillis());
        call.deadline().ifPresent(deadline -> context.setDeadline(timestamp(deadline)));
        return context.build();
    }

    static DomainSpec domainSpec(DomainSpecification spec) {
        DomainSpec.Builder message = DomainSpec.newBuilder()
                .setVmId(spec.vmId().toString())
                .setName(spec.name())
                .setVcpus(spec.vcpus())
                .setMemoryBytes(spec.memoryBytes())
                .setFirmware(spec.uefi() ? Firmware.FIRMWARE_UEFI : Firmware.FIRMWARE_BIOS)
                .setCpuModel(orEmpty(spec.cpuModel()))
                .setDesiredVersion(spec.desiredVersion());
        spec.disks()
                .forEach(disk -> message.addDisks(DiskSpec.newBuilder()
                        .setDiskId(disk.diskId().toString())
                        .setStorageDomainId(disk.storageDomainId().toString())
                        .setIndex(disk.index())));
        spec.nics()
                .forEach(nic -> message.addNics(NicSpec.newBuilder()
                        .setNicId(nic.nicId().toString())
                        .setNetworkId(nic.networkId().toString())
                        .setMacAddress(nic.macAddress())));
        DomainSpecification.CloudInit seed = spec.cloudInit();
        if (seed != null) {
            message.setCloudInit(cloudInit(seed));
        }
        return message.build();
    }

    private static CloudInitSpec cloudInit(DomainSpecification.CloudInit seed) {
        CloudInitSpec.Builder message = CloudInitSpec.newBuilder()
                .setStorageDomainId(seed.storageDomainId().toString())
                .setHostname(seed.hostname())
                .setUserData(seed.userData());
        seed.addresses()
                .forEach(address -> message.addAddresses(CloudInitAddress.newBuilder()
                        .setMacAddress(address.macAddress())
                        .setAddress(address.address())
                        .setGateway(orEmpty(address.gateway()))
                        .setMtu(address.mtu())));
        return message.build();
    }

    static AgentOperation operation(Operation message) {
        State state = switch (message.getState()) {
            case OPERATION_STATE_RUNNING -> State.RUNNING;
            case OPERATION_STATE_SUCCEEDED -> State.SUCCEEDED;
            case OPERATION_STATE_FAILED -> State.FAILED;
            case OPERATION_STATE_CANCELLED -> State.CANCELLED;
            // A state this manager does not know says nothing about what happened; whoever waits must look.
            case OPERATION_STATE_OUTCOME_UNKNOWN, OPERATION_STATE_UNSPECIFIED, UNRECOGNIZED -> State.OUTCOME_UNKNOWN;
        };
        ErrorCode code = null;
        String detail = "";
        if (message.hasError()) {
            AgentErrors.Failure failure = AgentErrors.failure(message.getError());
            code = failure.code();
            detail = failure.detail();
        }
        return new AgentOperation(
                message.getOperationId(),
                message.getKind(),
                message.getTargetId(),
                state,
                code,
                detail,
                message.hasVolume() ? volume(message.getVolume()) : null,
                message.hasMigrationTarget() ? migrationTarget(message.getMigrationTarget()) : null,
                message.hasMigration() ? migration(message.getMigration()) : null);
    }

    private static AgentOperation.Volume volume(VolumeResult message) {
        return new AgentOperation.Volume(message.getPath(), message.getVirtualSizeBytes(), message.getAllocatedBytes());
    }

    private static AgentOperation.MigrationTarget migrationTarget(MigrationTargetResult message) {
        return new AgentOperation.MigrationTarget(message.getMigrationUri(), message.getAgentAddress());
    }

    static MigrationTargetResult migrationTarget(AgentOperation.MigrationTarget target) {
        return MigrationTargetResult.newBuilder()
                .setMigrationUri(target.migrationUri())
                .setAgentAddress(target.agentAddress())
                .build();
    }

    private static AgentOperation.Migration migration(MigrationResult message) {
        return new AgentOperation.Migration(
                message.getTotalMs(),
                message.getDowntimeMs(),
                message.getTransferredBytes(),
                message.getIterations(),
                message.getPostCopy());
    }

    static HostReport hostReport(HostDescription message, long sequence, Instant now) {
        return new HostReport(
                message.getBootId(),
                message.getAgentInstanceId(),
                sequence,
                now,
                message.getAgentVersion(),
                message.getHostname(),
                message.getKernelVersion(),
                message.getLibvirtVersion(),
                message.getQemuVersion(),
                message.getCpus(),
                message.getCpuModel(),
                message.getMemoryBytes(),
                switch (message.getAcceleration()) {
                    case ACCELERATION_KVM -> "KVM";
                    case ACCELERATION_TCG -> "TCG";
                    case ACCELERATION_UNSPECIFIED, UNRECOGNIZED -> "";
                },
                message.getCapabilitiesList(),
                message.getConditionsList().stream()
                        .map(condition -> new Host.Condition(condition.getCode(), condition.getMessage()))
                        .toList(),
                message.getAgentAddress(),
                message.getMigrationAddress());
    }

    /** Empty when the id or the state cannot be understood. */
    static Optional<DomainObservation> observation(
            DomainReport message, String agentInstanceId, long sequence, Instant now) {
        var state = observedState(message.getState());
        UUID vmId = uuid(message.getVmId());
        if (state == null || vmId == null) {
            return Optional.empty();
        }
        return Optional.of(new DomainObservation(
                vmId,
                state,
                reason(message.getReason()),
                message.getExternal(),
                agentInstanceId,
                sequence,
                message.hasObservedAt() ? instant(message.getObservedAt()) : now,
                message.getName(),
                message.getVcpus(),
                message.getMemoryBytes()));
    }

    private static dev.meseta.manager.inventory.Observations.@Nullable DomainState observedState(DomainState state) {
        return switch (state) {
            case DOMAIN_STATE_STARTING -> dev.meseta.manager.inventory.Observations.DomainState.STARTING;
            case DOMAIN_STATE_RUNNING -> dev.meseta.manager.inventory.Observations.DomainState.RUNNING;
            case DOMAIN_STATE_PAUSED -> dev.meseta.manager.inventory.Observations.DomainState.PAUSED;
            case DOMAIN_STATE_SHUTTING_DOWN -> dev.meseta.manager.inventory.Observations.DomainState.SHUTTING_DOWN;
            case DOMAIN_STATE_INCOMING -> dev.meseta.manager.inventory.Observations.DomainState.INCOMING;
            case DOMAIN_STATE_GONE -> dev.meseta.manager.inventory.Observations.DomainState.GONE;
            case DOMAIN_STATE_UNSPECIFIED, UNRECOGNIZED -> null;
        };
    }

    /** The contract's name without its prefix; empty when unspecified. */
    static String state(DomainState state) {
        return state == DomainState.DOMAIN_STATE_UNSPECIFIED || state == DomainState.UNRECOGNIZED
                ? ""
                : state.name().substring(STATE_PREFIX.length());
    }

    /** The contract's name without its prefix; empty when unspecified. */
    static String reason(DomainReason reason) {
        return reason == DomainReason.DOMAIN_REASON_UNSPECIFIED || reason == DomainReason.UNRECOGNIZED
                ? ""
                : reason.name().substring(REASON_PREFIX.length());
    }

    /** All that {@link #reason} may answer with, but nothing. */
    static List<String> reasons() {
        return Arrays.stream(DomainReason.values())
                .map(AgentMessages::reason)
                .filter(reason -> !reason.isEmpty())
                .toList();
    }

    /** Empty when an id cannot be read. */
    static Optional<MigrationProgressed> progress(UUID hostId, MigrationProgress message) {
        UUID migrationId = uuid(message.getMigrationId());
        UUID vmId = uuid(message.getVmId());
        if (migrationId == null || vmId == null) {
            return Optional.empty();
        }
        return Optional.of(new MigrationProgressed(
                hostId,
                migrationId,
                vmId,
                message.getElapsedMs(),
                message.getMemoryTotalBytes(),
                message.getMemoryTransferredBytes(),
                message.getMemoryRemainingBytes(),
                message.getDirtyRateBytesPerSecond(),
                message.getBandwidthBytesPerSecond(),
                message.getIteration(),
                message.getDowntimeMs(),
                message.getPostCopy(),
                message.getThrottlePercent()));
    }

    static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    static Instant instant(Timestamp timestamp) {
        return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
    }

    /** Null when it is none. */
    static @Nullable UUID uuid(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException notAnId) {
            return null;
        }
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
