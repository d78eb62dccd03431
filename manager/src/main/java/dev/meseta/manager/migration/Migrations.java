package dev.meseta.manager.migration;

import dev.meseta.manager.placement.Placement.Decision;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.tasks.TaskView;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Moves running VMs to other hosts. */
public interface Migrations {

    /**
     * Which hosts could take a VM, best first, with the reasons for each that could not. The host it runs on is among the
     * rejected.
     *
     * @throws dev.meseta.manager.shared.MesetaException NOT_FOUND
     */
    Decision targets(UUID vmId);

    /**
     * What {@link #migrate} would do; throws what it would throw, except for lack of capacity.
     *
     * @param targetHostId only this host will do; null: placement chooses
     */
    Decision plan(UUID vmId, @Nullable UUID targetHostId, @Nullable Long expectedVersion);

    /**
     * @throws dev.meseta.manager.shared.MesetaException NOT_FOUND, STALE_VERSION, TASK_IN_PROGRESS, VM_NOT_RUNNING,
     *     HOST_UNREACHABLE (where the VM was last seen), SAME_HOST, HOST_IN_MAINTENANCE, HOST_NOT_UP,
     *     NOT_ENOUGH_CAPACITY, NO_SUITABLE_HOST
     */
    TaskView migrate(
            UUID vmId,
            @Nullable UUID targetHostId,
            MigrationPolicy policy,
            @Nullable Long expectedVersion,
            RequestContext by);

    /**
     * Changes limits while memory is being copied. Returns when the agent has them.
     *
     * @throws dev.meseta.manager.shared.MesetaException NOT_FOUND, NOT_MIGRATING, HOST_UNREACHABLE, or the agent's code
     */
    void change(UUID vmId, Optional<Long> maxDowntimeMs, Optional<Long> bandwidthMiBPerSecond, RequestContext by);

    /** Lets the guest run at the target at once and fetch the rest of its memory from there. Throws as {@link #change}. */
    void switchToPostCopy(UUID vmId, RequestContext by);
}
