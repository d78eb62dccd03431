package dev.meseta.manager.storage.internal;

import dev.meseta.manager.tasks.Phase;
import java.util.Set;

/** Phases of importing and of deleting an image: one operation at one agent. */
enum ImagePhase implements Phase {
    REQUESTED,
    SUCCEEDED,
    FAILED,
    CANCELLED;

    @Override
    public Set<ImagePhase> next() {
        return this == REQUESTED ? Set.of(SUCCEEDED, FAILED, CANCELLED) : Set.of();
    }

    @Override
    public boolean isFinal() {
        return this != REQUESTED;
    }
}
