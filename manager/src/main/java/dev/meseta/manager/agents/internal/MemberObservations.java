package dev.meseta.manager.agents.internal;

import dev.meseta.manager.inventory.HostStatus;
import dev.meseta.manager.inventory.Observations;
import dev.meseta.manager.membership.Membership;
import java.util.List;
import java.util.UUID;

/**
 * Observations of a manager whose lease is good. One that wakes from a long pause finds broken watches and expired timers
 * everywhere; what it makes of them is not the hosts' fault.
 */
record MemberObservations(Membership membership, Observations observations) implements Observations {

    @Override
    public void hostDescribed(UUID hostId, HostReport report) {
        membership.requireMember();
        observations.hostDescribed(hostId, report);
    }

    @Override
    public void hostStatus(UUID hostId, HostStatus status, String reason) {
        membership.requireMember();
        observations.hostStatus(hostId, status, reason);
    }

    @Override
    public void domain(UUID hostId, DomainObservation observation) {
        membership.requireMember();
        observations.domain(hostId, observation);
    }

    @Override
    public void snapshot(UUID hostId, List<DomainObservation> domains) {
        membership.requireMember();
        observations.snapshot(hostId, domains);
    }

    @Override
    public void hostLost(UUID hostId, String reason) {
        membership.requireMember();
        observations.hostLost(hostId, reason);
    }
}
