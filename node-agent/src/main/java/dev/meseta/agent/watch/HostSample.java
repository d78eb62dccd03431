package dev.meseta.agent.watch;

import java.time.Instant;

/**
 * How the host fares.
 *
 * @param cpuUsagePercent of all processors together, since the sample before
 */
public record HostSample(Instant sampledAt, double cpuUsagePercent, long memoryUsedBytes, long memoryAvailableBytes) {}
