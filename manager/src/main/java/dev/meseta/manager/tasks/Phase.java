package dev.meseta.manager.tasks;

import java.util.Set;

/**
 * A phase that says where it may lead. The engine refuses a step that goes anywhere else, and the diagrams under {@code
 * docs/protocol} are drawn from it. To be implemented by the enums that {@link TaskHandler#phases()} names.
 */
public interface Phase {

    /** Phases a step of this one may end in; never empty unless this is final. */
    Set<? extends Phase> next();

    /** Whether the task is over here: no step runs in a final phase. */
    boolean isFinal();
}
