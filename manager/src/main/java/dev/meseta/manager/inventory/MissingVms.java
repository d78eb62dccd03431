package dev.meseta.manager.inventory;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** VMs that their hosts do not list any more, and that are not counted as down yet. */
public interface MissingVms {

    /** Those that have been missing since that moment or longer. */
    List<Vm> since(Instant latest);

    /**
     * The host was asked for it just now and does not have it: it is down. No effect on a VM that was seen anywhere
     * meanwhile.
     */
    void confirm(UUID vmId, UUID hostId);
}
