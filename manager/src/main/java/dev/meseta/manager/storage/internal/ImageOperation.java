package dev.meseta.manager.storage.internal;

import dev.meseta.manager.agents.AgentCall;
import dev.meseta.manager.agents.AgentOperation;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.TaskContext;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/** The one step of an image task: an operation at an agent that may be asked for again with the same id. */
final class ImageOperation {

    /** The end of the operation signals the task; this only bounds the damage of a lost signal. */
    private static final Duration RUNNING = Duration.ofSeconds(5);

    private static final Duration NO_ANSWER = Duration.ofSeconds(2);

    private ImageOperation() {}

    static <P extends Record> StepResult<P> step(
            TaskContext<P> context,
            Function<AgentCall, AgentOperation> call,
            Function<AgentOperation, StepResult<P>> whenDone,
            StepResult.TransactionalEffects whenFailed) {
        AgentOperation operation;
        try {
            operation = call.apply(new AgentCall(
                    context.operationId(), context.correlationId(), context.requestedBy(), Optional.empty()));
        } catch (MesetaException e) {
            if (e.code() == ErrorCode.HOST_UNREACHABLE) {
                return new StepResult.Wait<>(context.payload(), NO_ANSWER);
            }
            throw e;
        }
        return switch (operation.state()) {
            case RUNNING -> new StepResult.Wait<>(context.payload(), RUNNING);
            case SUCCEEDED -> whenDone.apply(operation);
            case OUTCOME_UNKNOWN -> new StepResult.Retry<>(ErrorCode.OUTCOME_UNKNOWN, operation.errorDetail());
            case FAILED, CANCELLED ->
                new StepResult.Fail<>(
                        context.payload(),
                        operation.errorCode() == null ? ErrorCode.AGENT_ERROR : operation.errorCode(),
                        operation.errorDetail(),
                        whenFailed);
        };
    }
}
