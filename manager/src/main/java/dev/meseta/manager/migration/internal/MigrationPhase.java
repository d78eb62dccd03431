package dev.meseta.manager.migration.internal;

import dev.meseta.manager.tasks.Phase;
import java.util.Set;

/** How far a live migration is. Named by what has been reached; the step of a phase does what comes next. */
enum MigrationPhase implements Phase {
    /** Somebody wants it. Next: choose a host. */
    REQUESTED,
    /** The target's capacity is reserved. Next: make the target ready. */
    PLACED,
    /** Disks, networks and the tunnel are ready there. Next: tell the source to begin. */
    TARGET_PREPARED,
    /** The source copies memory. Next: its end. */
    COPYING,
    /** The guest runs at the target; there is no way back. Next: nothing may be left at the source. */
    SWITCHED,
    /** Nothing is left at the source. Next: close the tunnel. */
    SOURCE_CLEANED,
    SUCCEEDED,
    /** Somebody wants it no more, or it cannot go on. Next: stop the copying, which may still win; clean the target. */
    CANCELLING,
    /** Nobody could say how the copying ended. Next: ask both hosts, until they agree. */
    OUTCOME_UNKNOWN,
    /** The guest runs at the source, or has ended by itself. */
    FAILED;

    @Override
    public Set<MigrationPhase> next() {
        return switch (this) {
            case REQUESTED -> Set.of(PLACED, FAILED);
            case PLACED -> Set.of(TARGET_PREPARED, CANCELLING, FAILED);
            case TARGET_PREPARED -> Set.of(COPYING, CANCELLING, OUTCOME_UNKNOWN, FAILED);
            case COPYING -> Set.of(SWITCHED, CANCELLING, OUTCOME_UNKNOWN, FAILED);
            case SWITCHED -> Set.of(SOURCE_CLEANED);
            case SOURCE_CLEANED -> Set.of(SUCCEEDED);
            case CANCELLING -> Set.of(SWITCHED, OUTCOME_UNKNOWN, FAILED);
            case OUTCOME_UNKNOWN -> Set.of(COPYING, SWITCHED, FAILED);
            case SUCCEEDED, FAILED -> Set.of();
        };
    }

    @Override
    public boolean isFinal() {
        return this == SUCCEEDED || this == FAILED;
    }
}
