package dev.meseta.manager.inventory.internal;

import dev.meseta.manager.inventory.VmStatus;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a VM's whereabouts, as the rules need it.
 *
 * @param placedHostId where it is meant to be
 * @param activity what a task is doing to it
 * @param hostId where it was last observed
 * @param external whether it was taken in from a host
 * @param agentInstanceId who said so, with which sequence number
 */
record ObservedVm(
        UUID vmId,
        @Nullable UUID placedHostId,
        @Nullable VmStatus activity,
        VmStatus status,
        String reason,
        @Nullable UUID hostId,
        @Nullable String agentInstanceId,
        long sequence,
        @Nullable Instant observedAt,
        boolean external) {

    /** One of Meseta's own. */
    ObservedVm(
            UUID vmId,
            @Nullable UUID placedHostId,
            @Nullable VmStatus activity,
            VmStatus status,
            String reason,
            @Nullable UUID hostId,
            @Nullable String agentInstanceId,
            long sequence,
            @Nullable Instant observedAt) {
        this(vmId, placedHostId, activity, status, reason, hostId, agentInstanceId, sequence, observedAt, false);
    }

    boolean isOn(UUID host) {
        return host.equals(hostId);
    }

    boolean showsSameAs(ObservedVm other) {
        return status == other.status && reason.equals(other.reason) && Objects.equals(hostId, other.hostId);
    }

    ObservedVm with(VmStatus newStatus, String newReason, @Nullable UUID newHostId) {
        return new ObservedVm(
                vmId,
                placedHostId,
                activity,
                newStatus,
                newReason,
                newHostId,
                agentInstanceId,
                sequence,
                observedAt,
                external);
    }

    ObservedVm saidBy(String instance, long newSequence, Instant at) {
        return new ObservedVm(
                vmId, placedHostId, activity, status, reason, hostId, instance, newSequence, at, external);
    }

    /** As {@link dev.meseta.manager.inventory.Vm.Observed#isMissing}. */
    boolean isMissing() {
        return status == VmStatus.UNKNOWN && reason.equals(VmObservationRules.NOT_FOUND);
    }
}
