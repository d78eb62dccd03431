package dev.meseta.agent.hypervisor.simulated;

import dev.meseta.agent.hypervisor.MigrationStatistics;

/**
 * The arithmetic of iterative pre-copy: each round sends what the round before left dirty, until the rest fits into the
 * allowed downtime; or, after the switch to post-copy, sends the rest once. Not thread-safe.
 */
final class MemoryCopy {

    private static final long DEFAULT_MAX_DOWNTIME_MS = 300;
    private static final long SWITCH_OVERHEAD_MS = 10;
    private static final int FIRST_THROTTLED_ITERATION = 3;
    private static final int FIRST_THROTTLE_PERCENT = 20;
    private static final int THROTTLE_STEP_PERCENT = 10;
    private static final int MAX_THROTTLE_PERCENT = 99;

    private final long totalBytes;
    private final long linkBytesPerSecond;
    private final boolean autoConverge;
    private final GuestBehaviour guest;
    private long maxDowntimeMs;
    private long limitBytesPerSecond;
    private long elapsedMs;
    private long transferred;
    private long remaining;
    private long dirtied;
    private int iteration = 1;
    private int throttlePercent;
    private boolean postCopy;
    private long downtimeMs;

    MemoryCopy(
            long totalBytes,
            long linkBytesPerSecond,
            long limitBytesPerSecond,
            long maxDowntimeMs,
            boolean autoConverge,
            GuestBehaviour guest) {
        this.totalBytes = totalBytes;
        this.linkBytesPerSecond = linkBytesPerSecond;
        this.autoConverge = autoConverge;
        this.guest = guest;
        this.remaining = totalBytes;
        setLimit(limitBytesPerSecond);
        setMaxDowntime(maxDowntimeMs);
    }

    void setLimit(long bytesPerSecond) {
        limitBytesPerSecond = bytesPerSecond;
    }

    void setMaxDowntime(long milliseconds) {
        maxDowntimeMs = milliseconds == 0 ? DEFAULT_MAX_DOWNTIME_MS : milliseconds;
    }

    /** How long to the next interesting moment, at most {@code limitMs}; at least 1. */
    long nextStepMs(long limitMs) {
        return Math.clamp(millisecondsFor(remaining), 1, limitMs);
    }

    /**
     * Copies for that long.
     *
     * @return true when pre-copy may switch over now, or post-copy has fetched everything
     */
    boolean step(long milliseconds) {
        elapsedMs += milliseconds;
        long sent = Math.min(remaining, bytesIn(milliseconds, bandwidth()));
        remaining -= sent;
        transferred += sent;
        if (postCopy) {
            return remaining == 0;
        }
        dirtied = Math.min(workingSet(), dirtied + bytesIn(milliseconds, dirtyRate()));
        if (remaining > 0) {
            return false;
        }
        remaining = dirtied;
        dirtied = 0;
        downtimeMs = millisecondsFor(remaining);
        if (downtimeMs <= maxDowntimeMs) {
            downtimeMs += SWITCH_OVERHEAD_MS;
            return true;
        }
        iteration++;
        if (autoConverge && iteration >= FIRST_THROTTLED_ITERATION) {
            throttlePercent = throttlePercent == 0
                    ? FIRST_THROTTLE_PERCENT
                    : Math.min(MAX_THROTTLE_PERCENT, throttlePercent + THROTTLE_STEP_PERCENT);
        }
        return false;
    }

    /** Sends what is left while the guest stands still. */
    void finish() {
        elapsedMs += downtimeMs;
        transferred += remaining;
        remaining = 0;
    }

    void switchToPostCopy() {
        postCopy = true;
        remaining += dirtied;
        dirtied = 0;
        downtimeMs = SWITCH_OVERHEAD_MS;
    }

    boolean isPostCopy() {
        return postCopy;
    }

    long downtimeMs() {
        return downtimeMs;
    }

    /** Share of the memory that has been sent at least once. */
    int percentOfFirstPass() {
        return (int) Math.min(100, transferred * 100 / Math.max(1, totalBytes));
    }

    MigrationStatistics statistics() {
        return new MigrationStatistics(
                elapsedMs,
                totalBytes,
                transferred,
                remaining + dirtied,
                postCopy ? 0 : dirtyRate(),
                bandwidth(),
                iteration,
                downtimeMs,
                postCopy,
                throttlePercent);
    }

    private long bandwidth() {
        return limitBytesPerSecond == 0 ? linkBytesPerSecond : Math.min(linkBytesPerSecond, limitBytesPerSecond);
    }

    private long dirtyRate() {
        return guest.dirtyBytesPerSecond() / 100 * (100 - throttlePercent);
    }

    private long workingSet() {
        return Math.min(totalBytes, guest.workingSetBytes());
    }

    private long millisecondsFor(long bytes) {
        return Math.ceilDiv(bytes * 1000, bandwidth());
    }

    private static long bytesIn(long milliseconds, long bytesPerSecond) {
        return bytesPerSecond * milliseconds / 1000;
    }
}
