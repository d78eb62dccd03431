package dev.meseta.manager.tasks.internal;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.tasks.StepKind;
import dev.meseta.manager.tasks.TaskState;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code task}.
 *
 * @param payload JSON
 * @param progress JSON
 */
record TaskRow(
        UUID id,
        String kind,
        int schemaVersion,
        TaskState state,
        String phase,
        String payload,
        String targetKind,
        UUID targetId,
        String targetName,
        boolean exclusive,
        int attempt,
        boolean cancelRequested,
        long signal,
        String progress,
        String correlationId,
        String requestedBy,
        @Nullable String errorCode,
        @Nullable String errorDetail,
        long version,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deadline,
        @Nullable Instant finishedAt,
        @Nullable UUID parentId,
        Instant phaseSince) {

    /** This row after a commit of the worker. */
    TaskRow after(StepChange change, Committed committed, Instant now) {
        return new TaskRow(
                id,
                kind,
                schemaVersion,
                change.state(),
                change.phase(),
                change.payload(),
                targetKind,
                targetId,
                targetName,
                exclusive,
                committed.attempt(),
                committed.cancelRequested(),
                committed.signal(),
                progress,
                correlationId,
                requestedBy,
                change.errorCode(),
                change.errorDetail(),
                committed.version(),
                createdAt,
                now,
                deadline,
                change.state().isFinal() ? now : null,
                parentId,
                change.phase().equals(phase) ? phaseSince : now);
    }

    /** The same task with its payload in another shape, which the next commit keeps. */
    TaskRow reshaped(int version, String reshapedPayload) {
        return new TaskRow(
                id,
                kind,
                version,
                state,
                phase,
                reshapedPayload,
                targetKind,
                targetId,
                targetName,
                exclusive,
                attempt,
                cancelRequested,
                signal,
                progress,
                correlationId,
                requestedBy,
                errorCode,
                errorDetail,
                this.version,
                createdAt,
                updatedAt,
                deadline,
                finishedAt,
                parentId,
                phaseSince);
    }

    /**
     * What a step makes of the row.
     *
     * @param result of the line in the step log; null: no line
     * @param stepError the code that the line in the step log says
     * @param countAttempt whether the attempt is counted anew from the step log
     */
    record StepChange(
            TaskState state,
            String phase,
            String payload,
            @Nullable String errorCode,
            @Nullable String errorDetail,
            @Nullable StepKind result,
            String detail,
            @Nullable ErrorCode stepError,
            boolean countAttempt) {}

    /** What the row has become, with what others may have changed meanwhile. */
    record Committed(long version, int attempt, boolean cancelRequested, long signal) {}
}
