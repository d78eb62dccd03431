package dev.meseta.manager.tasks.internal;

import java.io.Serial;
import java.util.UUID;

/** The task's row is no longer as the step saw it: somebody else works on the task. Nothing was written. */
final class RowMovedOnException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    RowMovedOnException(UUID taskId) {
        super("Task " + taskId + " has moved on.");
    }
}
