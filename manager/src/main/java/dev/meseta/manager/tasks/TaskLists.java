package dev.meseta.manager.tasks;

import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListRequest;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;

/** Tasks as people page through them. */
public interface TaskLists {

    /**
     * What the actor may see, newest first unless sorted otherwise.
     *
     * @throws dev.meseta.manager.shared.MesetaException MALFORMED_REQUEST for a search, order or cursor that makes no
     *     sense
     */
    Page<TaskView> list(ListRequest request);

    /**
     * Lets only whoever may see a task go on.
     *
     * @throws dev.meseta.manager.shared.MesetaException NOT_FOUND
     */
    void requireVisible(UUID taskId);

    /** The unfinished exclusive task by target; targets without one are absent. */
    Map<UUID, UUID> unfinished(Collection<UUID> targetIds);
}
