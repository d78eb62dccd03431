package dev.meseta.manager.inventory;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A host: what is wanted of it, and what its agent last said. */
public record Host(
        UUID id,
        UUID clusterId,
        String name,
        String agentAddress,
        String migrationAddress,
        boolean maintenance,
        long version,
        Instant createdAt,
        Observed observed) {

    /** Written by {@code agents} only. Facts are null until the agent has reported once. */
    public record Observed(
            HostStatus status,
            String statusReason,
            Instant statusSince,
            @Nullable String bootId,
            @Nullable String agentInstanceId,
            long sequence,
            @Nullable Instant observedAt,
            @Nullable String agentVersion,
            @Nullable String hostname,
            @Nullable String kernelVersion,
            @Nullable String libvirtVersion,
            @Nullable String qemuVersion,
            int cpus,
            @Nullable String cpuModel,
            long memoryBytes,
            @Nullable String acceleration,
            List<String> capabilities,
            List<Condition> conditions) {}

    /** A stable code and a sentence an administrator should read. */
    @Schema(name = "HostCondition")
    public record Condition(String code, String message) {}
}
