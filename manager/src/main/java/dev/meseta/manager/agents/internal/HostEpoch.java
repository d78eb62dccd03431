package dev.meseta.manager.agents.internal;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This manager's ownership of one host. Taken once, before the first command; after an agent refused it as too old, read
 * again, and given up when another manager has it.
 */
final class HostEpoch {

    private static final Logger LOG = LoggerFactory.getLogger(HostEpoch.class);

    private final UUID hostId;
    private final UUID managerId;
    private final HostOwnership ownership;

    private long epoch;
    private boolean lost;

    HostEpoch(UUID hostId, UUID managerId, HostOwnership ownership) {
        this.hostId = hostId;
        this.managerId = managerId;
        this.ownership = ownership;
    }

    /**
     * The epoch to send with a command.
     *
     * @throws MesetaException FENCED when another manager owns the host
     */
    synchronized long current() {
        if (lost) {
            throw new MesetaException(
                    ErrorCode.FENCED,
                    "Another manager owns host %s; this one (%s) may not command it.".formatted(hostId, managerId));
        }
        if (epoch == 0) {
            epoch = ownership.take(hostId, managerId);
            LOG.info("Host {} is commanded with epoch {}", hostId, epoch);
        }
        return epoch;
    }

    /** The agent has seen a higher epoch than the one it was sent. */
    synchronized void refused(long sent) {
        if (lost || sent != epoch) {
            return;
        }
        Optional<HostOwnership.Owner> owner = ownership.owner(hostId);
        if (owner.isEmpty() || !owner.get().managerId().equals(managerId)) {
            lost = true;
            LOG.error(
                    "Host {} refused epoch {}: it belongs to {} now; no more commands are sent to it",
                    hostId,
                    sent,
                    owner.map(other -> "manager " + other.managerId()).orElse("nobody"));
        } else if (owner.get().epoch() > epoch) {
            epoch = owner.get().epoch();
            LOG.warn("Host {} refused epoch {}; the database says {}", hostId, sent, epoch);
        } else {
            // The agent remembers more than the database does, as after a restore from a backup: count on from there.
            epoch = ownership.take(hostId, managerId);
            LOG.error(
                    "Host {} refused epoch {} although nobody else owns it (was the database restored?); next is {}",
                    hostId,
                    sent,
                    epoch);
        }
    }
}
