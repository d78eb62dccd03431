package dev.meseta.manager.lifecycle;

import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.tasks.TaskView;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Verbs as they are done to each of many VMs. A bean of every module that has some; no verb is said by two. */
public interface BulkVerbs {

    Set<BulkVerb> verbs();

    /**
     * Begins it for one VM, in the caller's transaction.
     *
     * @param mode for those that stop a guest; null: graceful
     * @throws dev.meseta.manager.shared.MesetaException as the verb for a single VM
     */
    TaskView begin(BulkVerb verb, UUID vmId, @Nullable StopMode mode, RequestContext by);

    /** Refuses as {@link #begin} would, and changes nothing. */
    void check(BulkVerb verb, UUID vmId);
}
