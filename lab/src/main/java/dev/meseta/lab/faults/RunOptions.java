package dev.meseta.lab.faults;

import java.time.Duration;

/**
 * How a run is made.
 *
 * @param seed of workload and faults
 * @param duration of the load; faults end with it
 * @param hosts how many
 * @param real real hosts with libvirt and QEMU instead of simulated ones
 * @param managers how many work on the database
 * @param clients how many work at once
 * @param operations at most so many requests by all clients together; fewer when the time is over
 * @param slots how many VMs there may be at once
 */
public record RunOptions(
        long seed, Duration duration, int hosts, boolean real, int managers, int clients, int operations, int slots) {

    /** What the normal tests run. */
    public static RunOptions bounded(long seed) {
        return new RunOptions(seed, Duration.ofSeconds(90), 60, false, 1, 12, 3_000, 60);
    }

    /** The smallest that means something on real hosts. */
    public static RunOptions boundedReal(long seed) {
        return new RunOptions(seed, Duration.ofMinutes(3), 3, true, 1, 3, 60, 5);
    }
}
