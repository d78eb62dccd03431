package dev.meseta.agent.hypervisor.simulated;

import java.time.Duration;

/**
 * What a simulated guest does.
 *
 * @param dirtyBytesPerSecond how fast it writes to memory
 * @param workingSetBytes how much memory it writes to, again and again
 * @param shutdownTime from the power button to being off
 * @param heedsPowerButton false: it ignores every request to shut down
 */
public record GuestBehaviour(
        long dirtyBytesPerSecond, long workingSetBytes, Duration shutdownTime, boolean heedsPowerButton) {

    public GuestBehaviour {
        if (dirtyBytesPerSecond < 0 || workingSetBytes < 0 || shutdownTime.isNegative()) {
            throw new IllegalArgumentException("rates, sizes and times cannot be negative");
        }
    }

    /** The same guest, writing at another speed. */
    GuestBehaviour dirtying(long bytesPerSecond) {
        return new GuestBehaviour(bytesPerSecond, workingSetBytes, shutdownTime, heedsPowerButton);
    }
}
