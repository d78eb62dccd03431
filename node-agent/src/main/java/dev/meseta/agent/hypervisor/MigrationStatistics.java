package dev.meseta.agent.hypervisor;

/**
 * How far a migration is.
 *
 * @param downtimeMs the hypervisor's estimate while it copies
 * @param throttlePercent processor time taken from the guest by auto-converge
 */
public record MigrationStatistics(
        long elapsedMs,
        long memoryTotalBytes,
        long memoryTransferredBytes,
        long memoryRemainingBytes,
        long dirtyRateBytesPerSecond,
        long bandwidthBytesPerSecond,
        int iteration,
        long downtimeMs,
        boolean postCopy,
        int throttlePercent) {}
