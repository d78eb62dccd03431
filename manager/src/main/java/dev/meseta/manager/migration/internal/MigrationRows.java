package dev.meseta.manager.migration.internal;

import dev.meseta.manager.inventory.Vms;
import dev.meseta.manager.placement.Placement;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** The changes to a VM's rows that commit with a step of its migration. */
@Component
class MigrationRows {

    private final Vms vms;
    private final Placement placement;

    MigrationRows(Vms vms, Placement placement) {
        this.vms = vms;
        this.placement = placement;
    }

    /** It runs at the target: that is its place now, and the source's capacity is free. */
    void switched(UUID vmId, MigrateVm payload) {
        vms.setHost(vmId, payload.target());
        placement.release(vmId, payload.sourceHostId());
    }

    /** It stays where it was. */
    void stayed(UUID vmId, MigrateVm payload) {
        UUID target = payload.targetHostId();
        if (target != null) {
            placement.release(vmId, target);
        }
        vms.setActivity(vmId, null);
    }

    void done(UUID vmId) {
        vms.setActivity(vmId, null);
    }
}
