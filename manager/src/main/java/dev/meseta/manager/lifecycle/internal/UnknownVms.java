package dev.meseta.manager.lifecycle.internal;

import dev.meseta.manager.agents.DomainAnswer;
import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.inventory.Observations;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.VmStatus;
import dev.meseta.manager.inventory.Vms;
import dev.meseta.manager.tasks.Tasks;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Asks after VMs of which nothing is known although their host is there: a host lists what it has when it connects, and
 * does not repeat it when the task that moved a VM ends.
 */
@Component
class UnknownVms {

    private final Vms vms;
    private final HostAgents agents;
    private final Tasks tasks;
    private final Observations observations;

    UnknownVms(Vms vms, HostAgents agents, Tasks tasks, Observations observations) {
        this.vms = vms;
        this.agents = agents;
        this.tasks = tasks;
        this.observations = observations;
    }

    /** Looks at every VM once. What runs will be told by its host; only what is not there needs to be found out. */
    void scan() {
        for (Vm vm : vms.all()) {
            UUID hostId = vm.observed().hostId();
            if (vm.observed().status() == VmStatus.UNKNOWN
                    && vm.activity() == null
                    && hostId != null
                    && agents.isConnected(hostId)
                    && tasks.unfinishedFor(vm.id()).isEmpty()
                    && DomainAnswer.ask(agents, hostId, vm.id()) instanceof DomainAnswer.Absent) {
                observations.absent(hostId, vm.id());
            }
        }
    }
}
