package dev.meseta.manager.lifecycle;

import dev.meseta.manager.placement.Placement.Decision;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.tasks.TaskView;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What can be done with a VM. Each verb checks, then stores the task together with everything it implies in one
 * transaction; a refusal (MesetaException) leaves nothing behind. All refuse VMs that are none of Meseta's (VM_EXTERNAL)
 * and those that are missing on their host (VM_MISSING). Versions are those of the VM; null: any.
 */
public interface VmLifecycle {

    /**
     * Where a new VM would go.
     *
     * @throws dev.meseta.manager.shared.MesetaException as {@link #create}, but never for lack of capacity
     */
    Decision planCreate(NewVmRequest request);

    /**
     * @throws dev.meseta.manager.shared.MesetaException VALIDATION_FAILED, NOT_FOUND, IMAGE_NOT_FOUND, IMAGE_NOT_READY,
     *     NAME_TAKEN, ADDRESSES_EXHAUSTED, NOT_ENOUGH_CAPACITY, NO_SUITABLE_HOST
     */
    TaskView create(NewVmRequest request, RequestContext by);

    /** Where a VM that is down would be started, and whether it may be. */
    Decision planStart(UUID vmId, @Nullable UUID hostId);

    /**
     * @param hostId only this host will do; null: placement chooses
     * @throws dev.meseta.manager.shared.MesetaException NOT_FOUND, STALE_VERSION, VM_RUNNING, HOST_UNREACHABLE (it may
     *     still run where it was last seen), TASK_IN_PROGRESS, NOT_ENOUGH_CAPACITY, NO_SUITABLE_HOST
     */
    TaskView start(UUID vmId, @Nullable UUID hostId, @Nullable Long expectedVersion, RequestContext by);

    /**
     * A graceful stop that the guest does not follow ends with GUEST_DID_NOT_STOP.
     *
     * @throws dev.meseta.manager.shared.MesetaException NOT_FOUND, STALE_VERSION, VM_NOT_RUNNING, HOST_UNREACHABLE,
     *     TASK_IN_PROGRESS
     */
    TaskView stop(UUID vmId, StopMode mode, @Nullable Long expectedVersion, RequestContext by);

    /** Throws as {@link #stop}. */
    TaskView reboot(UUID vmId, StopMode mode, @Nullable Long expectedVersion, RequestContext by);

    /** Halts the guest's CPUs; throws as {@link #stop}. */
    TaskView pause(UUID vmId, @Nullable Long expectedVersion, RequestContext by);

    /** Lets them run again; throws as {@link #stop}. */
    TaskView resume(UUID vmId, @Nullable Long expectedVersion, RequestContext by);

    /**
     * Removes a VM that is down, with its disks.
     *
     * @throws dev.meseta.manager.shared.MesetaException NOT_FOUND, STALE_VERSION, VM_RUNNING, HOST_UNREACHABLE,
     *     TASK_IN_PROGRESS
     */
    TaskView delete(UUID vmId, @Nullable Long expectedVersion, RequestContext by);

    /** Refuses as the verb would, and changes nothing. */
    void check(Verb verb, UUID vmId, @Nullable Long expectedVersion);

    /** What can be done with a VM that there is. */
    enum Verb {
        START("vm.start"),
        STOP("vm.stop"),
        REBOOT("vm.reboot"),
        PAUSE("vm.pause"),
        RESUME("vm.resume"),
        DELETE("vm.delete");

        private final String taskKind;

        Verb(String taskKind) {
            this.taskKind = taskKind;
        }

        /** Kind of the task that does it. */
        public String taskKind() {
            return taskKind;
        }
    }
}
