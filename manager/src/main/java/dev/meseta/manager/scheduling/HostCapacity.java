package dev.meseta.manager.scheduling;

import java.util.UUID;

/**
 * One host as placement sees it.
 *
 * @param up its agent is connected and it takes VMs
 * @param statusName host state as people know it, for sentences only
 * @param accelerated guests run on KVM; false: they would be emulated
 * @param cpus 0 while its agent has not described it
 * @param memoryBytes physical memory; 0 while its agent has not described it
 * @param reservedVcpus promised to VMs
 * @param reservedMemoryBytes promised to VMs, overhead included
 * @param reservedVms VMs with a promise here
 */
public record HostCapacity(
        UUID id,
        String name,
        boolean up,
        String statusName,
        boolean maintenance,
        boolean accelerated,
        int cpus,
        long memoryBytes,
        int reservedVcpus,
        long reservedMemoryBytes,
        int reservedVms) {

    /** As it will be with one VM more. */
    public HostCapacity with(int vcpus, long reservedBytes) {
        return new HostCapacity(
                id,
                name,
                up,
                statusName,
                maintenance,
                accelerated,
                cpus,
                memoryBytes,
                reservedVcpus + vcpus,
                reservedMemoryBytes + reservedBytes,
                reservedVms + 1);
    }
}
