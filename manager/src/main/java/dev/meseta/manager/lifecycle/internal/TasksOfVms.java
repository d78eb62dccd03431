package dev.meseta.manager.lifecycle.internal;

import dev.meseta.manager.inventory.VmDetails;
import dev.meseta.manager.tasks.Tasks;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Unfinished tasks as the API shows them with their VMs. */
@Component
class TasksOfVms implements VmDetails {

    private final Tasks tasks;

    TasksOfVms(Tasks tasks) {
        this.tasks = tasks;
    }

    @Override
    public Map<UUID, UUID> unfinishedTasks(Collection<UUID> vmIds) {
        return tasks.unfinishedOf(vmIds);
    }
}
