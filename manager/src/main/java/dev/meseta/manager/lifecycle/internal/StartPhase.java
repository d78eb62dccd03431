package dev.meseta.manager.lifecycle.internal;

import dev.meseta.manager.tasks.Phase;
import java.util.Set;

/** Phases of {@code vm.start}. */
enum StartPhase implements Phase {
    /** Everything is stored; the agent starts the domain. */
    REQUESTED,
    /** It does not go on: the hypervisor is asked whether the guest runs, before its place is given back. */
    LOOKING,
    SUCCEEDED,
    FAILED;

    @Override
    public Set<StartPhase> next() {
        return switch (this) {
            case REQUESTED -> Set.of(LOOKING, SUCCEEDED, FAILED);
            case LOOKING -> Set.of(SUCCEEDED, FAILED);
            case SUCCEEDED, FAILED -> Set.of();
        };
    }

    @Override
    public boolean isFinal() {
        return this == SUCCEEDED || this == FAILED;
    }
}
