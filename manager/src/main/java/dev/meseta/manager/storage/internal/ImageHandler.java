package dev.meseta.manager.storage.internal;

import dev.meseta.manager.agents.AgentCall;
import dev.meseta.manager.agents.AgentOperation;
import dev.meseta.manager.agents.AgentOutcome;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.tasks.OperationPhase;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.StepResult.TransactionalEffects;
import dev.meseta.manager.tasks.TaskContext;
import dev.meseta.manager.tasks.TaskHandler;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * A task on an image: one operation at one agent that may be begun again without harm.
 *
 * @param <P> payload
 */
abstract class ImageHandler<P extends Record> implements TaskHandler<P> {

    /** A running operation signals its task; this only bounds the damage of a lost signal. */
    private static final Duration RUNNING = Duration.ofSeconds(5);

    /** How soon a host that gave no answer is asked again. */
    private static final Duration NO_ANSWER = Duration.ofSeconds(2);

    private final String kind;
    private final Class<P> payloadType;

    ImageHandler(String kind, Class<P> payloadType) {
        this.kind = kind;
        this.payloadType = payloadType;
    }

    @Override
    public final String kind() {
        return kind;
    }

    @Override
    public final int schemaVersion() {
        return 1;
    }

    @Override
    public final Class<P> payloadType() {
        return payloadType;
    }

    @Override
    public final Class<OperationPhase> phases() {
        return OperationPhase.class;
    }

    @Override
    public final Optional<Duration> timeLimit() {
        return Optional.of(Duration.ofHours(6));
    }

    @Override
    public final StepResult<P> step(TaskContext<P> context) {
        P payload = context.payload();
        UUID imageId = context.targetId();
        AgentCall call =
                new AgentCall(context.operationId(), context.correlationId(), context.requestedBy(), Optional.empty());
        if (context.cancelRequested() && neverBegun(payload, context)) {
            return new StepResult.Fail<>(
                    payload,
                    ErrorCode.CANCELLED,
                    "Cancelled before a host began with it.",
                    whenFailed(context, ErrorCode.CANCELLED));
        }
        AgentOutcome outcome = AgentOutcome.of(() -> begin(payload, imageId, call));
        if (outcome instanceof AgentOutcome.Running && context.cancelRequested()) {
            outcome = AgentOutcome.of(() -> cancel(payload, call.operationId()));
        }
        return switch (outcome) {
            case AgentOutcome.Running running -> new StepResult.Wait<>(payload, RUNNING);
            case AgentOutcome.NoAnswer silence -> new StepResult.Wait<>(payload, NO_ANSWER);
            case AgentOutcome.Succeeded done -> succeeded(payload, imageId, done.operation());
            case AgentOutcome.Unknown unknown -> new StepResult.Retry<>(ErrorCode.OUTCOME_UNKNOWN, unknown.detail());
            case AgentOutcome.Failed failed ->
                new StepResult.Fail<>(payload, failed.code(), failed.detail(), whenFailed(context, failed.code()));
        };
    }

    @Override
    public final StepResult<P> giveUp(TaskContext<P> context, ErrorCode code, String detail) {
        return new StepResult.Fail<>(context.payload(), code, detail, whenFailed(context, code));
    }

    /** The host answers that it knows nothing of it, and there was no earlier attempt. */
    private boolean neverBegun(P payload, TaskContext<P> context) {
        return context.attempt() == 0
                && AgentOutcome.ofKnown(() -> find(payload, context.operationId()))
                        .isEmpty();
    }

    /** The operation as the agent knows it. */
    abstract Optional<AgentOperation> find(P payload, String operationId);

    /** Asks the agent to stop; it may be too late for that. */
    abstract AgentOperation cancel(P payload, String operationId);

    /** Makes the call; with the same operation id again it answers how the operation stands. */
    abstract AgentOperation begin(P payload, UUID imageId, AgentCall call);

    abstract StepResult.Succeed<P> succeeded(P payload, UUID imageId, AgentOperation operation);

    /** What commits with the failure of the task. */
    abstract TransactionalEffects whenFailed(TaskContext<P> context, ErrorCode code);
}
