package dev.meseta.manager.agents;

import java.util.UUID;

/** Application event, about once a second while a VM's memory is copied; the last one has the measured downtime. */
public record MigrationProgressed(
        UUID hostId,
        UUID migrationId,
        UUID vmId,
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
