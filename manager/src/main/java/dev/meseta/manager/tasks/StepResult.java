package dev.meseta.manager.tasks;

import dev.meseta.manager.shared.ErrorCode;
import java.time.Duration;

/**
 * What a step function decided.
 *
 * @param <P> the task's payload
 */
public sealed interface StepResult<P extends Record> {

    /** Go on with the next phase at once. Phase, payload, step log and {@code effects} commit together. */
    record Advance<P extends Record>(String phase, P payload, String detail, TransactionalEffects effects)
            implements StepResult<P> {}

    /**
     * Nothing to do until the task is signalled, at the latest after {@code atMost}; then the phase runs again, as the
     * same attempt. A signal that came while the step ran counts: the phase then runs again at once.
     */
    record Wait<P extends Record>(P payload, Duration atMost) implements StepResult<P> {}

    /**
     * It did not work this time: run the phase again, as a new attempt, after a back-off that only a cancel cuts short.
     * After {@link TaskHandler#maxAttempts} the task gives up with {@code code}.
     */
    record Retry<P extends Record>(ErrorCode code, String detail) implements StepResult<P> {}

    /** Go to a phase that takes things back, remembering the error the task will end with. */
    record Compensate<P extends Record>(
            String phase, P payload, ErrorCode code, String detail, TransactionalEffects effects)
            implements StepResult<P> {}

    /** The task has succeeded. */
    record Succeed<P extends Record>(P payload, String detail, TransactionalEffects effects) implements StepResult<P> {}

    /** The task has failed, or was cancelled when the code is CANCELLED or MIGRATION_CANCELLED. */
    record Fail<P extends Record>(P payload, ErrorCode code, String detail, TransactionalEffects effects)
            implements StepResult<P> {}

    /**
     * Changes to other tables that commit with the step, in the same transaction and before the task's own row is locked.
     * Only the database: no remote call, no waiting.
     */
    @FunctionalInterface
    interface TransactionalEffects {
        TransactionalEffects NONE = () -> {};

        void apply();
    }
}
