package dev.meseta.agent.grpc;

import com.google.protobuf.Timestamp;
import dev.meseta.agent.domain.DomainSpecification;
import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.hypervisor.DomainDefinition.Firmware;
import dev.meseta.agent.migration.MigrationOrder;
import dev.meseta.agent.operations.OperationRequest;
import dev.meseta.agent.operations.OperationResult;
import dev.meseta.agent.storage.CloudInit;
import dev.meseta.agent.system.HostAndPort;
import dev.meseta.proto.v1.CloudInitSpec;
import dev.meseta.proto.v1.DomainSpec;
import dev.meseta.proto.v1.MigrationPolicy;
import dev.meseta.proto.v1.MigrationTargetResult;
import dev.meseta.proto.v1.OperationContext;
import dev.meseta.proto.v1.StartMigrationRequest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** Messages into the agent's own terms. Whatever is wrong with one is VALIDATION_FAILED with the field's name. */
final class Decoder {

    private static final Pattern MIGRATION_ID = Pattern.compile("[A-Za-z0-9._:-]{1,200}");
    private static final Pattern MIGRATION_URI = Pattern.compile("tcp://([0-9.]+|\\[[0-9A-Fa-f:.]+])(:\\d{1,5})?");

    private Decoder() {}

    static OperationRequest request(OperationContext context) {
        return new OperationRequest(
                context.getOperationId(),
                context.getFencingEpoch(),
                context.hasDeadline()
                        ? Optional.of(instant("context.deadline", context.getDeadline()))
                        : Optional.empty(),
                context.getCorrelationId(),
                context.getRequestedBy(),
                Duration.ofMillis(context.getAnswerWithinMs()));
    }

    static UUID uuid(String field, String text) {
        try {
            UUID id = UUID.fromString(text);
            // UUID.fromString takes short forms; an id has one spelling, for paths are made of it.
            if (id.toString().equals(text)) {
                return id;
            }
        } catch (IllegalArgumentException e) {
            throw new AgentException(AgentErrorCode.VALIDATION_FAILED, field + " is not a UUID", e);
        }
        throw AgentException.validation(field + " is not a UUID in lower-case canonical form");
    }

    static String migrationId(String text) {
        if (!MIGRATION_ID.matcher(text).matches()) {
            throw AgentException.validation("migration_id must be 1 to 200 characters of [A-Za-z0-9._:-]");
        }
        return text;
    }

    static Instant instant(String field, Timestamp timestamp) {
        try {
            return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
        } catch (DateTimeException e) {
            throw new AgentException(AgentErrorCode.VALIDATION_FAILED, field + " is not a time", e);
        }
    }

    static DomainSpecification specification(DomainSpec spec) {
        return new DomainSpecification(
                uuid("spec.vm_id", spec.getVmId()),
                spec.getName(),
                spec.getVcpus(),
                spec.getMemoryBytes(),
                switch (spec.getFirmware()) {
                    case FIRMWARE_BIOS -> Firmware.BIOS;
                    case FIRMWARE_UEFI -> Firmware.UEFI;
                    case FIRMWARE_UNSPECIFIED, UNRECOGNIZED ->
                        throw AgentException.validation("spec.firmware must be BIOS or UEFI");
                },
                spec.getCpuModel().isEmpty() ? Optional.empty() : Optional.of(spec.getCpuModel()),
                spec.getDisksList().stream()
                        .map(disk -> new DomainSpecification.Disk(
                                uuid("spec.disks.disk_id", disk.getDiskId()),
                                uuid("spec.disks.storage_domain_id", disk.getStorageDomainId()),
                                disk.getIndex()))
                        .toList(),
                spec.getNicsList().stream()
                        .map(nic -> new DomainSpecification.Nic(
                                uuid("spec.nics.nic_id", nic.getNicId()),
                                uuid("spec.nics.network_id", nic.getNetworkId()),
                                nic.getMacAddress()))
                        .toList(),
                spec.hasCloudInit() ? Optional.of(cloudInit(spec.getCloudInit())) : Optional.empty(),
                spec.getDesiredVersion());
    }

    static MigrationOrder migrationOrder(StartMigrationRequest request) {
        return new MigrationOrder(
                migrationId(request.getMigrationId()),
                specification(request.getSpec()),
                uuid("target_host_id", request.getTargetHostId()).toString(),
                migrationTarget(request.getTarget()),
                policy(request.getPolicy()));
    }

    private static OperationResult.MigrationTarget migrationTarget(MigrationTargetResult target) {
        if (!MIGRATION_URI.matcher(target.getMigrationUri()).matches()) {
            throw AgentException.validation("target.migration_uri must be tcp:// and an address in numbers");
        }
        try {
            return new OperationResult.MigrationTarget(
                    target.getMigrationUri(),
                    HostAndPort.parse(target.getAgentAddress()).toString());
        } catch (IllegalArgumentException e) {
            throw new AgentException(
                    AgentErrorCode.VALIDATION_FAILED, "target.agent_address must be of the form host:port", e);
        }
    }

    private static MigrationOrder.Policy policy(MigrationPolicy policy) {
        return new MigrationOrder.Policy(
                policy.getMaxDowntimeMs(),
                policy.getBandwidthBytesPerSecond(),
                policy.getAutoConverge(),
                policy.getPostCopyAllowed());
    }

    private static CloudInit cloudInit(CloudInitSpec spec) {
        return new CloudInit(
                uuid("spec.cloud_init.storage_domain_id", spec.getStorageDomainId()),
                spec.getHostname(),
                spec.getAddressesList().stream()
                        .map(address -> new CloudInit.Address(
                                address.getMacAddress(),
                                address.getAddress(),
                                address.getGateway().isEmpty() ? Optional.empty() : Optional.of(address.getGateway()),
                                address.getMtu()))
                        .toList(),
                spec.getUserData());
    }
}
