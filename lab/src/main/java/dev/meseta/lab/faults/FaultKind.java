package dev.meseta.lab.faults;

import java.time.Duration;

/** What can go wrong; each has a beginning and an end. */
public enum FaultKind {
    MANAGER_KILL(Lane.CONTROL, 4, 0, 3_000),
    MANAGER_PAUSE(Lane.CONTROL, 3, 2_000, 15_000),
    DATABASE_KILL(Lane.CONTROL, 2, 500, 5_000),
    DATABASE_PAUSE(Lane.CONTROL, 2, 1_000, 9_000),
    DATABASE_CUT_OFF(Lane.CONTROL, 2, 1_000, 12_000),
    AGENT_KILL(Lane.HOSTS, 6, 0, 4_000),
    AGENT_PAUSE(Lane.HOSTS, 3, 1_000, 12_000),
    HOST_POWER(Lane.HOSTS, 3, 1_000, 10_000),
    HOST_CUT_OFF(Lane.HOSTS, 4, 500, 12_000),
    HOST_SLOW(Lane.HOSTS, 3, 2_000, 8_000),
    HYPERVISOR_ERRORS(Lane.HOSTS, 3, 2_000, 8_000),
    CLOCK_SKEW(Lane.HOSTS, 2, 3_000, 15_000),
    GUEST_CRASH(Lane.HOSTS, 4, 0, 0);

    private final Lane lane;
    private final int weight;
    private final long leastMs;
    private final long mostMs;

    FaultKind(Lane lane, int weight, long leastMs, long mostMs) {
        this.lane = lane;
        this.weight = weight;
        this.leastMs = leastMs;
        this.mostMs = mostMs;
    }

    /** Faults of one lane come one after the other on the same victim. */
    enum Lane {
        CONTROL,
        HOSTS
    }

    Lane lane() {
        return lane;
    }

    /** How often it comes compared with the others of its lane. */
    int weight() {
        return weight;
    }

    Duration least() {
        return Duration.ofMillis(leastMs);
    }

    Duration most() {
        return Duration.ofMillis(mostMs);
    }
}
