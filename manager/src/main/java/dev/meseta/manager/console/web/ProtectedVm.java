package dev.meseta.manager.console.web;

import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.StepUpCondition;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.Vms;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** What somebody protected from being deleted is not typed into either by who only found a browser open. */
@Component
class ProtectedVm implements StepUpCondition {

    private final Vms vms;
    private final Access access;

    ProtectedVm(Vms vms, Access access) {
        this.vms = vms;
        this.access = access;
    }

    @Override
    public boolean isDangerous(UUID objectId) {
        return access.allows(Permission.VM_CONSOLE, ObjectRef.vm(objectId))
                && vms.find(objectId).map(Vm::deleteProtected).orElse(false);
    }
}
