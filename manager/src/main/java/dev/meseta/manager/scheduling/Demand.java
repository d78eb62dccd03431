package dev.meseta.manager.scheduling;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a VM needs. What it holds already must not be counted in the snapshot.
 *
 * @param memoryBytes of the guest; the overhead of running it comes on top
 * @param requiredHostId only this host will do
 * @param excludedHostId this one will not (the source of a migration)
 * @param accelerated the guest runs already, on KVM (true) or emulated (false), and can only go on so; null: either
 */
public record Demand(
        int vcpus,
        long memoryBytes,
        @Nullable UUID requiredHostId,
        @Nullable UUID excludedHostId,
        @Nullable Boolean accelerated) {

    public Demand {
        if (vcpus < 1 || memoryBytes < 1) {
            throw new IllegalArgumentException("A VM needs at least one vCPU and some memory.");
        }
    }

    /** Of a VM that may go anywhere. */
    public static Demand of(int vcpus, long memoryBytes) {
        return new Demand(vcpus, memoryBytes, null, null, null);
    }
}
