package dev.meseta.manager.inventory;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A VM: what a user wants of it, and what was last observed.
 *
 * @param activity what an unfinished task is doing to it, as the status to show; null when none
 * @param hostId where it was placed
 * @param deleteProtected not deleted before somebody takes the protection away, and looked at only by who showed a factor lately
 * @param external found on a host and not made by Meseta: shown and never touched
 */
public record Vm(
        UUID id,
        UUID clusterId,
        String name,
        String description,
        int vcpus,
        long memoryBytes,
        Firmware firmware,
        @Nullable UUID imageId,
        String userData,
        PowerState desiredPower,
        @Nullable VmStatus activity,
        @Nullable UUID hostId,
        long version,
        Instant createdAt,
        Observed observed,
        boolean deleteProtected,
        boolean external) {

    /** What people see: the activity while there is one, else what was observed. */
    public VmStatus status() {
        return activity != null ? activity : observed.status();
    }

    /** What a guest boots with. */
    public enum Firmware {
        BIOS,
        UEFI
    }

    /**
     * Written only from what agents report.
     *
     * @param hostId where it runs; null when nowhere
     */
    public record Observed(
            VmStatus status,
            String statusReason,
            Instant statusSince,
            @Nullable UUID hostId,
            @Nullable Instant observedAt) {

        /** Reason of a VM that its host does not have any more. */
        public static final String NOT_FOUND = "not found on its host";

        /** Its host, connected again, did not list it; for a while it may still turn up. */
        public boolean isMissing() {
            return status == VmStatus.UNKNOWN && statusReason.equals(NOT_FOUND);
        }
    }
}
