package dev.meseta.manager.inventory;

import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;

/** What other modules know of hosts and the API shows with them; as {@link VmDetails}. */
public interface HostDetails {

    /** Capacity promised to VMs, by host. */
    default Map<UUID, HostReserved> reserved(Collection<UUID> hostIds) {
        return Map.of();
    }

    /** The latest sample, by host. */
    default Map<UUID, HostSample> samples(Collection<UUID> hostIds) {
        return Map.of();
    }

    /** Capacity promised on a host. */
    record HostReserved(int vcpus, long memoryMiB, int vms) {}

    /** How busy a host was at one moment. */
    record HostSample(Instant sampledAt, double cpuUsagePercent, long memoryUsedMiB, long memoryAvailableMiB) {}
}
