package dev.meseta.manager.lifecycle.internal;

import dev.meseta.manager.tasks.Phase;
import java.util.Set;

/** Phases of a task that does the same to many VMs. */
enum BulkPhase implements Phase {
    /** Its parts are being begun, a few at a time, and worked on. */
    ITEMS,
    SUCCEEDED,
    /** Some parts did not succeed. */
    FAILED,
    /** Some parts were never begun, or stopped on the way. */
    CANCELLED;

    @Override
    public Set<BulkPhase> next() {
        return this == ITEMS ? Set.of(SUCCEEDED, FAILED, CANCELLED) : Set.of();
    }

    @Override
    public boolean isFinal() {
        return this != ITEMS;
    }
}
