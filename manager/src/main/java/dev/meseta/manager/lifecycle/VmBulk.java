package dev.meseta.manager.lifecycle;

import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.tasks.TaskView;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One verb for many VMs. */
public interface VmBulk {

    /** Most VMs of one request. */
    int MOST = 1000;

    /**
     * Stores a task with one part for each VM, in the order given; a VM named twice is one part. A VM that is refused is
     * a part with that result and no failure of the whole.
     *
     * @param mode for those that stop a guest; null: graceful
     * @param guard refuses what the caller may not do, as MesetaException
     */
    TaskView submit(BulkVerb verb, List<UUID> vmIds, @Nullable StopMode mode, Guard guard, RequestContext by);

    /** What would be refused, and why. */
    List<Planned> plan(BulkVerb verb, List<UUID> vmIds, Guard guard);

    /** Whether something may be done with a VM. */
    @FunctionalInterface
    interface Guard {
        void require(Permission permission, UUID vmId);
    }

    /**
     * One VM of a plan.
     *
     * @param refusal null: it would be begun
     */
    record Planned(UUID vmId, String vmName, @Nullable MesetaException refusal) {}
}
