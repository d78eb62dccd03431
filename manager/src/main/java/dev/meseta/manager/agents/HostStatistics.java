package dev.meseta.manager.agents;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Latest volatile numbers of hosts, whichever manager watches them; kept in memory only. */
public interface HostStatistics {

    Optional<Sample> latest(UUID hostId);

    record Sample(Instant sampledAt, double cpuUsagePercent, long memoryUsedBytes, long memoryAvailableBytes) {}
}
