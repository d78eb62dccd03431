package dev.meseta.agent.hypervisor.simulated;

import dev.meseta.agent.hypervisor.HypervisorException;
import java.time.Duration;

/** What goes wrong with one call. */
public sealed interface Fault {

    /** The call has no effect and throws. */
    record Fail(HypervisorException.Code code) implements Fault {}

    /** The call takes longer, in virtual time, and then goes on. */
    record Delay(Duration duration) implements Fault {}

    /** The call does not return until {@link FaultPlan#releaseHung()} or the driver is closed; then it goes on. */
    record Hang() implements Fault {}

    /**
     * The call throws OUTCOME_UNKNOWN.
     *
     * @param effective whether its effect took place all the same
     */
    record OutcomeUnknown(boolean effective) implements Fault {}

    /**
     * Only for {@link SimulatedOperation#MIGRATE}: the migration breaks once it has copied that share of the memory.
     *
     * @param percent 0 to 100
     */
    record BreakMigration(int percent) implements Fault {

        public BreakMigration {
            if (percent < 0 || percent > 100) {
                throw new IllegalArgumentException("percent must be between 0 and 100, not " + percent);
            }
        }
    }
}
