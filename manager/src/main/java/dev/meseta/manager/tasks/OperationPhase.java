package dev.meseta.manager.tasks;

import java.util.Set;

/** Phases of tasks that are one operation at one agent. */
public enum OperationPhase implements Phase {
    /** Everything is stored; the agent does the work. */
    REQUESTED,
    SUCCEEDED,
    FAILED,
    CANCELLED;

    @Override
    public Set<OperationPhase> next() {
        return this == REQUESTED ? Set.of(SUCCEEDED, FAILED, CANCELLED) : Set.of();
    }

    @Override
    public boolean isFinal() {
        return this != REQUESTED;
    }
}
