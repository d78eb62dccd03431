package dev.meseta.manager.migration.internal;

import dev.meseta.manager.agents.DomainAnswer;
import dev.meseta.manager.agents.DomainAnswer.Present;
import dev.meseta.manager.agents.HostAgents;
import java.util.UUID;

/** What both hosts of a migration say when asked where the guest is. */
record Whereabouts(DomainAnswer source, DomainAnswer target) {

    static Whereabouts ask(HostAgents agents, UUID sourceHostId, UUID targetHostId, UUID vmId) {
        return new Whereabouts(
                DomainAnswer.ask(agents, sourceHostId, vmId), DomainAnswer.ask(agents, targetHostId, vmId));
    }

    /** Decides only what both answers together leave no doubt about. */
    Verdict verdict() {
        if (source instanceof DomainAnswer.NoAnswer || target instanceof DomainAnswer.NoAnswer || inPostCopy()) {
            return Verdict.UNDECIDED;
        }
        boolean runsAtSource = source instanceof Present present && present.running();
        boolean runsAtTarget = target instanceof Present present && present.running();
        if (runsAtTarget) {
            return runsAtSource ? Verdict.UNDECIDED : Verdict.AT_TARGET;
        }
        boolean targetHoldsGuest = target.holdsGuest();
        if (runsAtSource) {
            return targetHoldsGuest ? Verdict.UNDECIDED : Verdict.AT_SOURCE;
        }
        boolean targetIsEmpty = target instanceof DomainAnswer.Absent;
        if (source.holdsGuest()) {
            // Halted at the source while something comes in at the target: the moment of the switch itself.
            return targetIsEmpty ? Verdict.AT_SOURCE : Verdict.UNDECIDED;
        }
        return source instanceof DomainAnswer.Absent && targetIsEmpty ? Verdict.NOWHERE : Verdict.UNDECIDED;
    }

    /** Memory is on both hosts: losing either loses the guest. */
    private boolean inPostCopy() {
        return (source instanceof Present atSource && atSource.inPostCopy())
                || (target instanceof Present atTarget && atTarget.inPostCopy());
    }

    enum Verdict {
        AT_SOURCE,
        AT_TARGET,
        /** Both were asked, and neither has it. */
        NOWHERE,
        /** Both run it, or one was not reached, or it is being switched. */
        UNDECIDED
    }
}
