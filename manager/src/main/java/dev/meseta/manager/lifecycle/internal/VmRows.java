package dev.meseta.manager.lifecycle.internal;

import dev.meseta.manager.inventory.PowerState;
import dev.meseta.manager.inventory.Vms;
import dev.meseta.manager.network.Networks;
import dev.meseta.manager.placement.Placement;
import dev.meseta.manager.storage.Storage;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** The changes to a VM's rows that commit with a step or a submission. Joins the caller's transaction. */
@Component
class VmRows {

    private final Vms vms;
    private final Storage storage;
    private final Networks networks;
    private final Placement placement;

    VmRows(Vms vms, Storage storage, Networks networks, Placement placement) {
        this.vms = vms;
        this.storage = storage;
        this.networks = networks;
        this.placement = placement;
    }

    /** The task has done its work and leaves the VM to what is observed of it. */
    void idle(UUID vmId) {
        vms.setActivity(vmId, null);
    }

    /** It runs nowhere and needs nothing. */
    void stopped(UUID vmId) {
        placement.releaseAll(vmId);
        vms.setHost(vmId, null);
        vms.setActivity(vmId, null);
    }

    /** It runs nowhere, and nobody wants it to any more. */
    void stoppedForGood(UUID vmId) {
        vms.setDesiredPower(vmId, PowerState.STOPPED);
        stopped(vmId);
    }

    /** It did not stop: it is wanted as it is. */
    void keptRunning(UUID vmId) {
        vms.setDesiredPower(vmId, PowerState.RUNNING);
        vms.setActivity(vmId, null);
    }

    /** Nothing of it is left. */
    void removed(UUID vmId) {
        placement.releaseAll(vmId);
        networks.removeNics(vmId);
        storage.disksOf(vmId).forEach(disk -> storage.diskRemoved(disk.id()));
        vms.setHost(vmId, null);
        vms.remove(vmId);
    }
}
