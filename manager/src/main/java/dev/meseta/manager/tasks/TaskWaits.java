package dev.meseta.manager.tasks;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** For who has nothing to do until a task has ended. */
public interface TaskWaits {

    /**
     * Blocks the calling thread until the task has ended, at most so long; holds no database connection meanwhile. Answers
     * the task as it is then, ended or not; empty for an unknown id.
     */
    Optional<TaskView> awaitEnd(UUID taskId, Duration atMost);
}
