package dev.meseta.manager.agents;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How an operation at an agent stands, in the cases a task step has to tell apart. A step makes its call (again) with the
 * operation id of its phase and attempt and switches over the answer: the same id again is answered from the agent's
 * journal, so calling is asking.
 *
 * <pre>{@code
 * return switch (AgentOutcome.of(() -> agents.ensureVolume(host, call, ...))) {
 *     case AgentOutcome.Running running -> new StepResult.Wait<>(payload, Duration.ofSeconds(5)); // signalled at its end
 *     case AgentOutcome.Succeeded(var operation) -> ...
 *     case AgentOutcome.Failed(var code, var detail) -> ...      // it has ended without effect
 *     case AgentOutcome.Unknown(var detail) -> ...               // the agent cannot tell: look at the host
 *     case AgentOutcome.NoAnswer(var code, var detail) -> ...    // it may be running: ask again, never assume
 * };
 * }</pre>
 */
public sealed interface AgentOutcome {

    /** The agent works on it; its end will be published as {@link AgentOperationChanged}. */
    record Running(AgentOperation operation) implements AgentOutcome {}

    record Succeeded(AgentOperation operation) implements AgentOutcome {}

    /** It was refused or has failed; code CANCELLED when it ended because it was asked to. */
    record Failed(ErrorCode code, String detail) implements AgentOutcome {

        public boolean cancelled() {
            return code == ErrorCode.CANCELLED || code == ErrorCode.MIGRATION_CANCELLED;
        }
    }

    /** The agent died in the middle and cannot tell. */
    record Unknown(String detail) implements AgentOutcome {}

    /** Nobody answered, or another manager owns the host now. Whether it began is not known. */
    record NoAnswer(ErrorCode code, String detail) implements AgentOutcome {}

    /** Makes a call and sorts its answer. */
    static AgentOutcome of(Supplier<AgentOperation> call) {
        try {
            return of(call.get());
        } catch (MesetaException e) {
            return failed(e);
        }
    }

    /** Asks for an operation without beginning it; empty: the agent never began it (or answered {@link NoAnswer}). */
    static Optional<AgentOutcome> ofKnown(Supplier<Optional<AgentOperation>> question) {
        try {
            return question.get().map(AgentOutcome::of);
        } catch (MesetaException e) {
            return Optional.of(failed(e));
        }
    }

    /** Sorts an operation. */
    static AgentOutcome of(AgentOperation operation) {
        return switch (operation.state()) {
            case RUNNING -> new Running(operation);
            case SUCCEEDED -> new Succeeded(operation);
            case FAILED -> new Failed(codeOf(operation, ErrorCode.AGENT_ERROR), operation.errorDetail());
            case CANCELLED -> new Failed(codeOf(operation, ErrorCode.CANCELLED), operation.errorDetail());
            case OUTCOME_UNKNOWN -> new Unknown(operation.errorDetail());
        };
    }

    /** Several operations that a step waits for together: the worst that can be said of any of them. */
    static AgentOutcome together(List<AgentOutcome> outcomes) {
        return outcomes.stream()
                .max(Comparator.comparingInt(AgentOutcome::severity))
                .orElseThrow(() -> new IllegalArgumentException("no operations"));
    }

    private static int severity(AgentOutcome outcome) {
        return switch (outcome) {
            case Succeeded succeeded -> 0;
            case Failed failed -> 1;
            case Unknown unknown -> 2;
            // Whatever else has happened: as long as one may still be at work, nothing is decided.
            case Running running -> 3;
            case NoAnswer noAnswer -> 4;
        };
    }

    private static ErrorCode codeOf(AgentOperation operation, ErrorCode otherwise) {
        ErrorCode code = operation.errorCode();
        return code == null ? otherwise : code;
    }

    private static AgentOutcome failed(MesetaException e) {
        String detail = e.getMessage() == null ? "" : e.getMessage();
        return switch (e.code()) {
            case HOST_UNREACHABLE, DEADLINE_EXCEEDED, FENCED -> new NoAnswer(e.code(), detail);
            case OUTCOME_UNKNOWN -> new Unknown(detail);
            default -> new Failed(e.code(), detail);
        };
    }
}
