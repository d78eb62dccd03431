package dev.meseta.manager.lifecycle;

import dev.meseta.manager.inventory.Vm;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A VM somebody wants. Null: the default.
 *
 * @param diskSizeBytes null: as large as the image
 * @param hostId only this host will do; null: placement chooses
 * @param start whether it shall run
 */
public record NewVmRequest(
        String name,
        String description,
        @Nullable UUID clusterId,
        UUID imageId,
        int vcpus,
        long memoryBytes,
        Vm.Firmware firmware,
        @Nullable UUID networkId,
        @Nullable Long diskSizeBytes,
        String userData,
        @Nullable UUID hostId,
        boolean start) {}
