package dev.meseta.manager.inventory.web;

import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.inventory.HostDetails.HostReserved;
import dev.meseta.manager.inventory.HostDetails.HostSample;
import dev.meseta.manager.inventory.HostStatus;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A host as the API shows it. Facts are null until the agent has reported once. */
record HostResource(
        UUID id,
        String name,
        UUID clusterId,
        boolean maintenance,
        long version,
        Instant createdAt,
        HostStatus status,
        String statusReason,
        Instant statusSince,
        @Nullable Instant observedAt,
        @Nullable String hostname,
        @Nullable String agentVersion,
        @Nullable String kernelVersion,
        @Nullable String libvirtVersion,
        @Nullable String qemuVersion,
        int cpus,
        @Nullable String cpuModel,
        long memoryMiB,
        @Schema(allowableValues = {"KVM", "TCG"}) @Nullable String acceleration,
        List<String> capabilities,
        List<Host.Condition> conditions,
        String agentAddress,
        String migrationAddress,
        HostReserved reserved,
        @Nullable HostSample statistics) {

    static final HostReserved NOTHING = new HostReserved(0, 0, 0);

    static HostResource of(Host host, HostReserved reserved, @Nullable HostSample sample) {
        Host.Observed observed = host.observed();
        return new HostResource(
                host.id(),
                host.name(),
                host.clusterId(),
                host.maintenance(),
                host.version(),
                host.createdAt(),
                observed.status(),
                observed.statusReason(),
                observed.statusSince(),
                observed.observedAt(),
                observed.hostname(),
                observed.agentVersion(),
                observed.kernelVersion(),
                observed.libvirtVersion(),
                observed.qemuVersion(),
                observed.cpus(),
                observed.cpuModel(),
                Mebibytes.of(observed.memoryBytes()),
                known(observed.acceleration()),
                observed.capabilities(),
                observed.conditions(),
                host.agentAddress(),
                host.migrationAddress(),
                reserved,
                sample);
    }

    /** An agent that does not know says nothing. */
    private static @Nullable String known(@Nullable String fact) {
        return fact == null || fact.isEmpty() ? null : fact;
    }
}
