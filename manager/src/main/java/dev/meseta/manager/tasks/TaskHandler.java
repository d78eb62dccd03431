package dev.meseta.manager.tasks;

import dev.meseta.manager.shared.ErrorCode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The phase machine of one kind of task. A step reads facts, may make remote calls (it runs outside any transaction),
 * and answers with at most one next phase. After a crash the phase runs again with the same attempt, so that operation
 * ids derived from (task, phase, attempt) are the same and agents answer from their journals.
 *
 * <p>What a step throws, or its {@link StepResult.TransactionalEffects}:
 *
 * <ul>
 *   <li>MesetaException HOST_UNREACHABLE or OUTCOME_UNKNOWN: nobody knows whether the agent has begun. The phase runs
 *       again after a back-off with the <em>same</em> attempt, so that the agent is asked for the same operation.
 *   <li>MesetaException of category AGENT with any other code: the agent has answered. As {@link StepResult.Retry}: the
 *       phase runs again after a back-off as a new attempt.
 *   <li>any other MesetaException: the task gives up with its code, see {@link #giveUp}.
 *   <li>any other exception: the phase runs again after a back-off with the same attempt, at last the task gives up with
 *       INTERNAL.
 * </ul>
 *
 * @param <P> payload, a record that Jackson can write and read
 */
public interface TaskHandler<P extends Record> {

    /** Stable name, e.g. "vm.migrate"; never a class name. */
    String kind();

    /** Version of the payload's shape; a manager leaves tasks with a higher one alone. */
    int schemaVersion();

    Class<P> payloadType();

    /**
     * Every phase, in order; the first is where a new task begins. When it implements {@link Phase}, the engine refuses
     * transitions it does not name; when it has constants named SUCCEEDED, FAILED and CANCELLED, an ended task shows
     * them as its phase.
     */
    Class<? extends Enum<?>> phases();

    /**
     * Makes of a payload of an older version one of {@link #schemaVersion()}. The next commit keeps the new shape, and
     * older managers leave the task alone from then on.
     *
     * @param payload as JSON; may be changed
     */
    default Map<String, Object> upgrade(int fromVersion, Map<String, Object> payload) {
        return payload;
    }

    /** How long a task of this kind may take when its submission names no deadline. Empty: as long as it takes. */
    default Optional<Duration> timeLimit() {
        return Optional.empty();
    }

    /**
     * How long one stay in a phase may take; then as for a deadline that has passed. Empty: as long as the task has.
     */
    default Optional<Duration> timeLimit(String phase) {
        return Optional.empty();
    }

    /** One step of the machine. */
    StepResult<P> step(TaskContext<P> context);

    /** How often one stay in a phase is tried before the task gives up. The tenth try is about a minute after the first. */
    default int maxAttempts(String phase) {
        return 10;
    }

    /**
     * The engine is about to fail the task: its attempts are used up, its deadline has passed while it wanted to wait or
     * to try again (DEADLINE_EXCEEDED; not asked while it compensates), or a step threw. The place to say what has to be
     * taken back: answer with Compensate, or with Fail and its effects. Wait and Retry go on regardless of attempts and
     * deadline. No remote calls.
     */
    default StepResult<P> giveUp(TaskContext<P> context, ErrorCode code, String detail) {
        return context.pendingError()
                .<StepResult<P>>map(pending -> new StepResult.Fail<>(
                        context.payload(),
                        pending,
                        context.pendingErrorDetail() + " Taking it back did not end either: " + detail,
                        StepResult.TransactionalEffects.NONE))
                .orElseGet(() ->
                        new StepResult.Fail<>(context.payload(), code, detail, StepResult.TransactionalEffects.NONE));
    }
}
