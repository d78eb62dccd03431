package dev.meseta.manager.agents.internal;

import dev.meseta.manager.agents.HostStatistics;
import dev.meseta.manager.inventory.HostDetails;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** The latest samples as the API shows them with their hosts. */
@Component
class SamplesOfHosts implements HostDetails {

    private static final long MIB = 1024L * 1024;

    private final HostStatistics statistics;

    SamplesOfHosts(HostStatistics statistics) {
        this.statistics = statistics;
    }

    @Override
    public Map<UUID, HostSample> samples(Collection<UUID> hostIds) {
        Map<UUID, HostSample> samples = new HashMap<>();
        for (UUID hostId : hostIds) {
            statistics
                    .latest(hostId)
                    .ifPresent(latest -> samples.put(
                            hostId,
                            new HostSample(
                                    latest.sampledAt(),
                                    latest.cpuUsagePercent(),
                                    latest.memoryUsedBytes() / MIB,
                                    latest.memoryAvailableBytes() / MIB)));
        }
        return samples;
    }
}
