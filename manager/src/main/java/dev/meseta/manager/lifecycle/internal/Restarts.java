package dev.meseta.manager.lifecycle.internal;

import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;

/** When VMs were started again after a crash. */
interface Restarts {

    /** How many there were since then; older ones are forgotten. */
    int since(UUID vmId, Instant oldest);

    /** Of these VMs, those of which somebody was told and that are left down: how often each was restarted since then. */
    Map<UUID, Integer> leftDown(Collection<UUID> vmIds, Instant oldest);

    /** A VM that is gone meanwhile leaves no trace. */
    void add(UUID vmId, Instant at);

    /** Notes that somebody was told of too many. False when that was noted after the latest restart already. */
    boolean tell(UUID vmId);
}
