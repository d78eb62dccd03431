package dev.meseta.manager.tasks;

import java.util.Set;

/** How a task stands; the last three are final. */
public enum TaskState implements Phase {
    /** Stored; no step has committed yet. */
    PENDING,
    /** At least one step has committed. */
    RUNNING,
    SUCCEEDED,
    FAILED,
    /** Ended because somebody asked it to. */
    CANCELLED;

    @Override
    public Set<TaskState> next() {
        return switch (this) {
            case PENDING -> Set.of(RUNNING, SUCCEEDED, FAILED, CANCELLED);
            case RUNNING -> Set.of(SUCCEEDED, FAILED, CANCELLED);
            case SUCCEEDED, FAILED, CANCELLED -> Set.of();
        };
    }

    @Override
    public boolean isFinal() {
        return this == SUCCEEDED || this == FAILED || this == CANCELLED;
    }
}
