package dev.meseta.agent.operations;

/** Finds out, from the host alone, how an operation went that the agent's own death interrupted. */
@FunctionalInterface
public interface InterruptedOperations {

    /**
     * Returns when the effect took place.
     *
     * @throws dev.meseta.agent.errors.AgentException OUTCOME_UNKNOWN when the host does not tell; another code when it
     *     is certain that there was no effect
     */
    OperationResult settle(OperationRecord interrupted);
}
