package dev.meseta.manager.inventory.internal;

import dev.meseta.manager.inventory.Observations.DomainObservation;
import dev.meseta.manager.inventory.Observations.DomainState;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.VmStatus;
import java.util.Optional;
import java.util.UUID;

/**
 * What a report of one host means for what is known of a VM. Pure: nothing but its arguments. Two hosts report on the same
 * VM while it migrates, and their reports may come in any order.
 */
final class VmObservationRules {

    static final String LEFT_BY_MIGRATION = "MIGRATED";
    static final String STILL_MIGRATING = "MIGRATING";
    static final String SWITCHED_TO_POST_COPY = "POST_COPY";
    static final String NOT_FOUND = Vm.Observed.NOT_FOUND;

    private VmObservationRules() {}

    /** The new state; empty when the report changes nothing. */
    static Optional<ObservedVm> apply(ObservedVm before, UUID hostId, DomainObservation report) {
        if ((report.external() && !before.external()) || isOutdated(before, report)) {
            return Optional.empty();
        }
        return switch (report.state()) {
            case RUNNING -> running(before, hostId, report);
            case PAUSED -> paused(before, hostId, report);
            case STARTING -> starting(before, hostId, report);
            case SHUTTING_DOWN ->
                before.isOn(hostId) ? accept(before, VmStatus.STOPPING, hostId, report) : Optional.empty();
            // The guest does not run here yet.
            case INCOMING -> Optional.empty();
            case GONE -> gone(before, hostId, report);
        };
    }

    /**
     * The host listed everything it has, and this VM was last seen there and is not among it. That must not be forgotten
     * while a task works on the VM: nobody says it again.
     */
    static Optional<ObservedVm> missing(ObservedVm before, UUID hostId) {
        boolean concerns = before.isOn(hostId) && before.status() != VmStatus.DOWN && !before.isMissing();
        if (!concerns) {
            return Optional.empty();
        }
        // Nobody restarts what is being stopped, or is not Meseta's: no need to be careful.
        boolean downAtOnce = before.activity() == VmStatus.STOPPING || before.external();
        // One that has just moved is asked after where it is meant to be: who says DOWN lets it be started a second
        // time.
        UUID meantAt = before.placedHostId() == null ? hostId : before.placedHostId();
        return Optional.of(
                downAtOnce
                        ? before.with(VmStatus.DOWN, NOT_FOUND, null)
                        : before.with(VmStatus.UNKNOWN, NOT_FOUND, meantAt));
    }

    /** The host was asked for a VM that is missing, and does not have it. */
    static Optional<ObservedVm> confirmedMissing(ObservedVm before, UUID hostId) {
        return before.isOn(hostId) && before.isMissing()
                ? Optional.of(before.with(VmStatus.DOWN, NOT_FOUND, null))
                : Optional.empty();
    }

    /** The host was asked for a VM that is missing, and has it. */
    static Optional<ObservedVm> found(ObservedVm before, UUID hostId, VmStatus status) {
        return before.isOn(hostId) && before.isMissing()
                ? Optional.of(before.with(status, "", hostId))
                : Optional.empty();
    }

    /** What a domain that is no VM of the inventory looked like before it was seen; empty: it is not to be taken in. */
    static Optional<ObservedVm> beforeAdoption(DomainObservation report) {
        return switch (report.state()) {
            case STARTING, RUNNING, PAUSED ->
                Optional.of(new ObservedVm(report.vmId(), null, null, VmStatus.DOWN, "", null, null, 0, null, true));
            case SHUTTING_DOWN, INCOMING, GONE -> Optional.empty();
        };
    }

    /** The host cannot be reached. */
    static Optional<ObservedVm> hostLost(ObservedVm before, UUID hostId, String reason) {
        boolean concerns =
                before.isOn(hostId) && before.status() != VmStatus.DOWN && before.status() != VmStatus.UNKNOWN;
        return concerns ? Optional.of(before.with(VmStatus.UNKNOWN, reason, hostId)) : Optional.empty();
    }

    private static Optional<ObservedVm> running(ObservedVm before, UUID hostId, DomainObservation report) {
        if (isElsewhere(before, hostId) && isBehind(before, hostId, report)) {
            return Optional.empty();
        }
        return accept(before, VmStatus.UP, hostId, report);
    }

    private static Optional<ObservedVm> paused(ObservedVm before, UUID hostId, DomainObservation report) {
        // A source stands still at the end of a migration, and in post-copy until all memory has gone over.
        boolean handingOver =
                report.reason().equals(STILL_MIGRATING) || report.reason().equals(SWITCHED_TO_POST_COPY);
        if (handingOver) {
            return Optional.empty();
        }
        if (isElsewhere(before, hostId)) {
            // A VM that a user paused arrives paused.
            boolean arrives = before.status() == VmStatus.PAUSED
                    && (before.activity() == VmStatus.MIGRATING || hostId.equals(before.placedHostId()));
            if (!arrives) {
                return Optional.empty();
            }
        }
        return accept(before, VmStatus.PAUSED, hostId, report);
    }

    private static Optional<ObservedVm> starting(ObservedVm before, UUID hostId, DomainObservation report) {
        return isElsewhere(before, hostId) ? Optional.empty() : accept(before, VmStatus.STARTING, hostId, report);
    }

    private static Optional<ObservedVm> gone(ObservedVm before, UUID hostId, DomainObservation report) {
        if (!before.isOn(hostId) || report.reason().equals(LEFT_BY_MIGRATION)) {
            return Optional.empty();
        }
        boolean meantElsewhere = before.placedHostId() != null && !hostId.equals(before.placedHostId());
        ObservedVm now = meantElsewhere
                // The host it is meant to be on has not spoken yet.
                ? before.with(VmStatus.UNKNOWN, report.reason(), before.placedHostId())
                : before.with(VmStatus.DOWN, report.reason(), null);
        return Optional.of(now.saidBy(report.agentInstanceId(), report.sequence(), report.observedAt()));
    }

    private static boolean isElsewhere(ObservedVm before, UUID hostId) {
        boolean alive = before.status() != VmStatus.DOWN && before.status() != VmStatus.UNKNOWN;
        return alive && before.hostId() != null && !before.isOn(hostId);
    }

    /**
     * Another host has it, it is meant to be there, and that host's report is the newer one. Not while it migrates: then
     * this host may be the target, and clocks of two hosts do not tell which of them has it.
     */
    private static boolean isBehind(ObservedVm before, UUID hostId, DomainObservation report) {
        return before.activity() != VmStatus.MIGRATING
                && !hostId.equals(before.placedHostId())
                && before.hostId() != null
                && before.hostId().equals(before.placedHostId())
                && before.observedAt() != null
                && report.observedAt().isBefore(before.observedAt());
    }

    private static boolean isOutdated(ObservedVm before, DomainObservation report) {
        return report.agentInstanceId().equals(before.agentInstanceId()) && report.sequence() < before.sequence();
    }

    private static Optional<ObservedVm> accept(
            ObservedVm before, VmStatus status, UUID hostId, DomainObservation report) {
        String reason = report.state() == DomainState.RUNNING ? "" : report.reason();
        return Optional.of(before.with(status, reason, hostId)
                .saidBy(report.agentInstanceId(), report.sequence(), report.observedAt()));
    }
}
