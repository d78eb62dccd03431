package dev.meseta.manager.tasks.internal;

import java.time.Duration;
import java.util.UUID;

/**
 * How long to leave a task alone after a failed try: doubling from {@code first} to {@code longest}, a fifth more or less
 * so that tasks which failed together do not come back together. The spread is computed from the task's id: no state, and
 * the same after a restart.
 */
record BackOff(Duration first, Duration longest) {

    static final BackOff DEFAULT = new BackOff(Duration.ofMillis(250), Duration.ofSeconds(15));

    private static final int MOST_DOUBLINGS = 30;

    /** @param earlierTries how often it has been tried again before; 0 after the first failure */
    Duration after(UUID taskId, int earlierTries) {
        long doubled = first.toMillis() << Math.min(earlierTries, MOST_DOUBLINGS);
        long plain = Math.min(doubled, longest.toMillis());
        long mixed = mix(
                taskId.getMostSignificantBits() ^ Long.rotateLeft(taskId.getLeastSignificantBits(), 32) ^ earlierTries);
        double spread = 0.8 + 0.4 * ((mixed >>> 11) * 0x1.0p-53);
        return Duration.ofMillis(Math.round(plain * spread));
    }

    /** The finishing step of SplitMix64. */
    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
