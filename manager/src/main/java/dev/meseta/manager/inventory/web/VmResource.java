package dev.meseta.manager.inventory.web;

import dev.meseta.manager.inventory.InventoryLists.ShownVm;
import dev.meseta.manager.inventory.PowerState;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.VmDetails.VmCondition;
import dev.meseta.manager.inventory.VmDetails.VmDisk;
import dev.meseta.manager.inventory.VmDetails.VmNic;
import dev.meseta.manager.inventory.VmStatus;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A VM as the API shows it; {@code taskId} is its unfinished exclusive task.
 *
 * @param deleteProtected not deleted before somebody takes the protection away, and its console needs a factor shown lately
 * @param external found on a host and not made by Meseta: shown and never touched
 */
record VmResource(
        UUID id,
        String name,
        String description,
        UUID clusterId,
        int vcpus,
        long memoryMiB,
        Vm.Firmware firmware,
        @Nullable UUID imageId,
        PowerState desiredPower,
        VmStatus status,
        String statusReason,
        Instant statusSince,
        @Nullable UUID hostId,
        @Nullable String hostName,
        List<VmDisk> disks,
        List<VmNic> nics,
        @Nullable UUID taskId,
        boolean deleteProtected,
        boolean external,
        List<String> tags,
        List<VmCondition> conditions,
        long version,
        Instant createdAt) {

    static VmResource of(
            ShownVm shown, List<VmDisk> disks, List<VmNic> nics, @Nullable UUID taskId, List<VmCondition> conditions) {
        Vm vm = shown.vm();
        return new VmResource(
                vm.id(),
                vm.name(),
                vm.description(),
                vm.clusterId(),
                vm.vcpus(),
                Mebibytes.of(vm.memoryBytes()),
                vm.firmware(),
                vm.imageId(),
                vm.desiredPower(),
                vm.status(),
                vm.observed().statusReason(),
                vm.observed().statusSince(),
                shown.hostId(),
                shown.hostName(),
                disks,
                nics,
                taskId,
                vm.deleteProtected(),
                vm.external(),
                shown.tags(),
                conditions,
                vm.version(),
                vm.createdAt());
    }
}
