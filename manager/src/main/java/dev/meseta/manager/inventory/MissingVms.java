package dev.meseta.manager.inventory;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** VMs of which what is shown can be wrong for good, because nobody will say it again unless asked. */
public interface MissingVms {

    /** VMs that their hosts have not listed since that moment or longer, and that are not counted as down yet. */
    List<Vm> since(Instant latest);

    /**
     * The host was asked for it just now and does not have it: it is down. No effect on a VM that was seen anywhere
     * meanwhile.
     */
    void confirm(UUID vmId, UUID hostId);

    /** The host that it is missing at was asked just now and has it. No effect on a VM that was seen anywhere meanwhile. */
    void found(UUID vmId, UUID hostId, VmStatus status);

    /** VMs that no task works on, and that have been shown alive since that moment where they are not meant to be. */
    List<Vm> misplaced(Instant latest);

    /**
     * The host where it is shown was asked just now and does not have it: it is missing where it is meant to be. No effect
     * on a VM that is shown elsewhere by now.
     */
    void isNotAt(UUID vmId, UUID hostId);
}
