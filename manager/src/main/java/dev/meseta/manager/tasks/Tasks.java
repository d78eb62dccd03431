package dev.meseta.manager.tasks;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Submits, reads, signals and cancels tasks. */
public interface Tasks {

    /**
     * Persists a task in the caller's transaction and lets it begin after commit.
     *
     * @throws dev.meseta.manager.shared.MesetaException TASK_IN_PROGRESS when it is exclusive and its target has an
     *     unfinished exclusive task
     */
    TaskView submit(Submission<?> submission);

    Optional<TaskView> find(UUID taskId);

    /** The unfinished exclusive task of a target. */
    Optional<TaskView> unfinishedFor(UUID targetId);

    /** Ids of the unfinished exclusive tasks of several targets, by target; targets without one are absent. */
    default Map<UUID, UUID> unfinishedOf(Collection<UUID> targetIds) {
        Map<UUID, UUID> found = new HashMap<>();
        for (UUID targetId : targetIds) {
            unfinishedFor(targetId).ifPresent(task -> found.put(targetId, task.id()));
        }
        return found;
    }

    /**
     * Something the task may wait for has happened: run its phase again now. Inside a transaction it takes effect after
     * commit, so that the step sees what the caller wrote. A task that backs off after a failed attempt keeps its
     * back-off. No effect on an ended task or an unknown id.
     */
    void signal(UUID taskId);

    /**
     * Asks the task to stop at the next point where that is safe; where that is, its handler knows. An ended task stays
     * as it is.
     *
     * @throws dev.meseta.manager.shared.MesetaException NOT_FOUND
     */
    TaskView cancel(UUID taskId);

    /** Shows progress of a running task without a step: the given keys replace those of the same name. */
    void reportProgress(UUID taskId, Map<String, Object> progress);
}
