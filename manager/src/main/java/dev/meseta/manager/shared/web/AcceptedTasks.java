package dev.meseta.manager.shared.web;

import java.util.Optional;
import java.util.UUID;

/** Tasks as the API shows them, for those who do not know what a task is. */
@FunctionalInterface
public interface AcceptedTasks {

    /** The body of an answer that says that a request became this task. */
    Optional<?> find(UUID taskId);
}
