package dev.meseta.manager.lifecycle;

import dev.meseta.manager.identity.Permission;
import java.util.Locale;

/** What can be done to many VMs with one request. */
public enum BulkVerb {
    START(Permission.VM_OPERATE),
    STOP(Permission.VM_OPERATE),
    REBOOT(Permission.VM_OPERATE),
    PAUSE(Permission.VM_OPERATE),
    RESUME(Permission.VM_OPERATE),
    DELETE(Permission.VM_DELETE),
    /** Each to the host that suits it best. */
    MIGRATE(Permission.VM_MIGRATE);

    private final Permission permission;

    BulkVerb(Permission permission) {
        this.permission = permission;
    }

    /** Needed for each of the VMs. */
    public Permission permission() {
        return permission;
    }

    /** Kind of the task whose parts do it. */
    public String taskKind() {
        return "vms." + name().toLowerCase(Locale.ROOT);
    }
}
