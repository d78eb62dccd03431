package dev.meseta.manager.inventory;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What other modules know of VMs and the API shows with them. Each module that owns a part implements its method; VMs
 * without an entry have none.
 */
public interface VmDetails {

    /** Disks by VM, in the order of their index. */
    default Map<UUID, List<VmDisk>> disks(Collection<UUID> vmIds) {
        return Map.of();
    }

    /** NICs by VM, in the order of their index. */
    default Map<UUID, List<VmNic>> nics(Collection<UUID> vmIds) {
        return Map.of();
    }

    /** The unfinished exclusive task by VM. */
    default Map<UUID, UUID> unfinishedTasks(Collection<UUID> vmIds) {
        return Map.of();
    }

    /** What a person should know of a VM that is down, by VM. */
    default Map<UUID, List<VmCondition>> conditions(Collection<UUID> vmIds) {
        return Map.of();
    }

    /** A stable code and a sentence a person should read. */
    record VmCondition(String code, String message) {}

    /** A disk as shown with its VM. */
    record VmDisk(UUID id, UUID storageDomainId, @Nullable UUID imageId, int index, String status, long sizeMiB) {}

    /**
     * A NIC as shown with its VM.
     *
     * @param address with prefix length
     */
    record VmNic(UUID id, UUID networkId, String macAddress, String address) {}
}
