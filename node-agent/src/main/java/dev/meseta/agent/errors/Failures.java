package dev.meseta.agent.errors;

import dev.meseta.agent.hypervisor.HypervisorException;
import java.util.concurrent.CompletionException;

/** Turns whatever was thrown into a code and a sentence that may leave the process. */
public final class Failures {

    private Failures() {}

    /** What was thrown by the agent itself is kept; a surprise becomes AGENT_ERROR without its text. */
    public static AgentException of(Throwable thrown) {
        if (thrown instanceof AgentException failure) {
            return failure;
        }
        if (thrown instanceof HypervisorException failure) {
            return of(failure);
        }
        if (thrown instanceof CompletionException && thrown.getCause() != null) {
            return of(thrown.getCause());
        }
        return new AgentException(
                AgentErrorCode.AGENT_ERROR,
                "The agent failed unexpectedly (" + thrown.getClass().getSimpleName() + "); see its log",
                thrown);
    }

    private static AgentException of(HypervisorException failure) {
        AgentErrorCode code = switch (failure.code()) {
            case DOMAIN_EXISTS -> AgentErrorCode.DOMAIN_EXISTS;
            case DOMAIN_NOT_FOUND, DOMAIN_NOT_RUNNING -> AgentErrorCode.VM_NOT_RUNNING;
            case DOMAIN_START_FAILED -> AgentErrorCode.DOMAIN_START_FAILED;
            case MIGRATION_CANCELLED -> AgentErrorCode.MIGRATION_CANCELLED;
            case MIGRATION_FAILED -> AgentErrorCode.MIGRATION_FAILED;
            case MIGRATION_NOT_RUNNING -> AgentErrorCode.MIGRATION_NOT_RUNNING;
            case OUTCOME_UNKNOWN -> AgentErrorCode.OUTCOME_UNKNOWN;
            case NOT_SUPPORTED -> AgentErrorCode.NOT_SUPPORTED;
            case HYPERVISOR_UNAVAILABLE -> AgentErrorCode.HYPERVISOR_UNAVAILABLE;
            case HYPERVISOR_ERROR -> AgentErrorCode.HYPERVISOR_ERROR;
        };
        String message = failure.getMessage();
        return new AgentException(code, message == null ? failure.code().name() : message, failure);
    }
}
