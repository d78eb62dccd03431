package dev.meseta.manager.tasks;

import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListRequest;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;

/** Tasks as people page through them. */
public interface TaskLists {

    /**
     * Newest first unless sorted otherwise.
     *
     * @throws dev.meseta.manager.shared.MesetaException MALFORMED_REQUEST for a search, order or cursor that makes no
     *     sense
     */
    Page<TaskView> list(ListRequest request);

    /** The unfinished exclusive task by target; targets without one are absent. */
    Map<UUID, UUID> unfinished(Collection<UUID> targetIds);
}
