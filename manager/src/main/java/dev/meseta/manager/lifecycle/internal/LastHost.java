package dev.meseta.manager.lifecycle.internal;

import dev.meseta.manager.agents.DomainAnswer;
import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Where a VM was placed last. One that is seen DOWN and still has a place has crashed, or was started a moment ago and is not
 * seen yet: only its host can tell.
 */
@Component
class LastHost {

    private final HostAgents agents;

    LastHost(HostAgents agents) {
        this.agents = agents;
    }

    /** What its host says; absent as well when it has no place. */
    DomainAnswer answerOf(Vm vm) {
        UUID hostId = vm.hostId();
        return hostId == null ? new DomainAnswer.Absent() : DomainAnswer.ask(agents, hostId, vm.id());
    }

    /**
     * Asks, so not inside a transaction.
     *
     * @throws MesetaException VM_RUNNING, HOST_UNREACHABLE
     */
    void requireGone(Vm vm) {
        switch (answerOf(vm)) {
            case DomainAnswer.Absent absent -> {
                // As it is seen.
            }
            case DomainAnswer.Present present -> throw stillThere(vm);
            case DomainAnswer.NoAnswer silence -> throw Refusals.hostUnreachable(vm);
        }
    }

    static MesetaException stillThere(Vm vm) {
        return new MesetaException(
                ErrorCode.VM_RUNNING,
                "The VM %s is on its host, although it is seen down; what is seen is a moment behind. Stop it first."
                        .formatted(vm.name()));
    }
}
