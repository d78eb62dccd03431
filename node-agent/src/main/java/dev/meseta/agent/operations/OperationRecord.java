package dev.meseta.agent.operations;

import dev.meseta.agent.errors.AgentErrorCode;
import java.time.Instant;
import java.util.Optional;

/**
 * An operation as it stands.
 *
 * @param targetId the VM, disk, network or migration it is about
 * @param failure present when FAILED, CANCELLED or OUTCOME_UNKNOWN
 * @param finishedAt absent while RUNNING
 */
public record OperationRecord(
        String operationId,
        OperationKind kind,
        String targetId,
        State state,
        Optional<Failure> failure,
        Instant startedAt,
        Optional<Instant> finishedAt,
        OperationResult result) {

    /** How it stands. */
    public enum State {
        RUNNING,
        SUCCEEDED,
        FAILED,
        CANCELLED,
        /** The agent died in the middle and cannot tell from the host whether the effect took place. */
        OUTCOME_UNKNOWN
    }

    /** Why it did not succeed. */
    public record Failure(AgentErrorCode code, String detail) {}

    static OperationRecord running(String operationId, OperationKind kind, String targetId, Instant now) {
        return new OperationRecord(
                operationId,
                kind,
                targetId,
                State.RUNNING,
                Optional.empty(),
                now,
                Optional.empty(),
                OperationResult.NONE);
    }

    OperationRecord succeeded(OperationResult value, Instant now) {
        return new OperationRecord(
                operationId, kind, targetId, State.SUCCEEDED, Optional.empty(), startedAt, Optional.of(now), value);
    }

    OperationRecord ended(State end, AgentErrorCode code, String detail, Instant now) {
        return new OperationRecord(
                operationId,
                kind,
                targetId,
                end,
                Optional.of(new Failure(code, detail)),
                startedAt,
                Optional.of(now),
                OperationResult.NONE);
    }

    public boolean unfinished() {
        return state == State.RUNNING;
    }
}
