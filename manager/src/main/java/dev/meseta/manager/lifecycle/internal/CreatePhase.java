package dev.meseta.manager.lifecycle.internal;

import dev.meseta.manager.tasks.Phase;
import java.util.Set;

/** Phases of {@code vm.create}. */
enum CreatePhase implements Phase {
    /** Rows and reservation are stored; the disk is being made. */
    REQUESTED,
    /** The disk is there; the domain is being started. */
    VOLUME_READY,
    /** It did not work, or somebody cancelled: disk, seed and rows are taken back. */
    UNDOING,
    SUCCEEDED,
    FAILED,
    CANCELLED;

    @Override
    public Set<CreatePhase> next() {
        return switch (this) {
            case REQUESTED -> Set.of(VOLUME_READY, UNDOING, SUCCEEDED);
            case VOLUME_READY -> Set.of(UNDOING, SUCCEEDED);
            case UNDOING -> Set.of(FAILED, CANCELLED);
            case SUCCEEDED, FAILED, CANCELLED -> Set.of();
        };
    }

    @Override
    public boolean isFinal() {
        return this == SUCCEEDED || this == FAILED || this == CANCELLED;
    }
}
