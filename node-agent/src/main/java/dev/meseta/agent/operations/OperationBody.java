package dev.meseta.agent.operations;

/** The work of an operation. */
@FunctionalInterface
public interface OperationBody {

    /**
     * Does it and returns when it is done.
     *
     * @throws dev.meseta.agent.errors.AgentException when it failed; CANCELLED and MIGRATION_CANCELLED end it as
     *     cancelled, OUTCOME_UNKNOWN as unknown
     * @throws dev.meseta.agent.hypervisor.HypervisorException likewise
     */
    OperationResult run(OperationControl control);
}
