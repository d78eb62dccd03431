package dev.meseta.manager.tasks;

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

    /** Something the task may wait for has happened: run its phase again now. No effect on an ended task. */
    void signal(UUID taskId);

    /** Asks the task to stop at the next point where that is safe. */
    TaskView cancel(UUID taskId);

    /** Shows progress of a running task without a step. */
    void reportProgress(UUID taskId, Map<String, Object> progress);
}
