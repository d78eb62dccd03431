package dev.meseta.manager.agents.internal;

import dev.meseta.manager.membership.Membership;
import dev.meseta.manager.shared.MesetaException;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The epoch one host is commanded with by every living manager: the term of the members, which counts up whenever a
 * manager has died, and a number of the host's own.
 */
final class HostEpoch {

    private static final Logger LOG = LoggerFactory.getLogger(HostEpoch.class);

    private final UUID hostId;
    private final Membership membership;
    private final HostOwnership ownership;

    private long ofHost;

    HostEpoch(UUID hostId, Membership membership, HostOwnership ownership) {
        this.hostId = hostId;
        this.membership = membership;
        this.ownership = ownership;
    }

    /**
     * What to send with a command, or with a question whose answer shall hold.
     *
     * @throws MesetaException FENCED when this manager's lease has run out
     */
    synchronized long current() {
        if (ofHost == 0) {
            ofHost = ownership.epoch(hostId);
        }
        // The lease last: a manager that was paused before this line must not get past it.
        long term = membership.term();
        membership.requireMember();
        return ofHost + term;
    }

    /**
     * The agent has seen a higher epoch than the one it was sent.
     *
     * @return whether there is a higher one now to try again with
     * @throws MesetaException FENCED when this manager was fenced
     */
    boolean refused(long sent) {
        if (current() > sent) {
            return true;
        }
        membership.refresh();
        if (current() > sent) {
            return true;
        }
        synchronized (this) {
            long was = ofHost;
            ofHost = ownership.epoch(hostId);
            if (ofHost == was) {
                // The agent remembers more than the database does, as after a restore from a backup: count on.
                ofHost = ownership.raiseEpoch(hostId, was);
                LOG.error(
                        "Host {} refused epoch {} although nobody has a higher one (was the database restored?); next is {}",
                        hostId,
                        sent,
                        ofHost + membership.term());
            }
        }
        return current() > sent;
    }
}
