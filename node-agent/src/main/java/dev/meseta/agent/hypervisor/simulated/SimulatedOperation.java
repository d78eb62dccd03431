package dev.meseta.agent.hypervisor.simulated;

/** The calls of a hypervisor that a {@link FaultPlan} can disturb. */
public enum SimulatedOperation {
    FACTS,
    LIST,
    START,
    SHUTDOWN,
    DESTROY,
    REBOOT,
    SUSPEND,
    RESUME,
    MIGRATE,
    CHANGE_MIGRATION,
    SWITCH_TO_POST_COPY,
    CANCEL_MIGRATION;

    boolean changesSomething() {
        return this != FACTS && this != LIST;
    }
}
