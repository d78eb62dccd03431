package dev.meseta.manager.agents.internal;

import dev.meseta.manager.membership.Life;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which manager watches which host, and what is added to the term of the members to get the epoch a host is commanded
 * with. Watching is exclusive so that a host's reports come in in one order; commanding is not.
 */
interface HostOwnership {

    /** One row for every host there is. */
    List<Owned> all();

    /**
     * Takes hosts that nobody watches, or that lives that are over had.
     *
     * @return those it got
     */
    Set<UUID> claim(Life by, int atMost, Collection<Life> over);

    /** Lets others have hosts of this life. */
    void release(Life by, Collection<UUID> hostIds);

    /** Notes of which hosts of this life the watch is complete, and of which it is not. */
    void connected(Life by, Collection<UUID> hostIds, boolean connected);

    /** What is added to the term for this host. */
    long epoch(UUID hostId);

    /** Makes what is added larger than it was, if nobody has done so meanwhile; says how large it is now. */
    long raiseEpoch(UUID hostId, long was);

    /** @param owner null: nobody */
    record Owned(UUID hostId, @Nullable Life owner, boolean connected) {}
}
