package dev.meseta.manager.tasks;

import dev.meseta.manager.shared.ErrorCode;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A task as one step sees it.
 *
 * @param <P> the task's payload
 */
public interface TaskContext<P extends Record> {

    UUID taskId();

    String phase();

    /** How many earlier runs of this phase have ended, over the whole task: 0 at first. */
    int attempt();

    P payload();

    UUID targetId();

    boolean cancelRequested();

    Optional<Instant> deadline();

    /** The error a compensating task will end with. */
    Optional<ErrorCode> pendingError();

    String pendingErrorDetail();

    String correlationId();

    String requestedBy();

    /** {@code task:phase:attempt}: the same after a crash or a wait, another after a retry. */
    default String operationId() {
        return "%s:%s:%d".formatted(taskId(), phase(), attempt());
    }

    /** As {@link #operationId()} with {@code :suffix}, for a phase that calls more than one agent method. */
    default String operationId(String suffix) {
        return operationId() + ":" + suffix;
    }

    /** Shows progress to whoever watches; best effort, not part of the step's transaction. */
    void reportProgress(Map<String, Object> progress);
}
