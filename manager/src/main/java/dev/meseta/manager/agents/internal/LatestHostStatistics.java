package dev.meseta.manager.agents.internal;

import dev.meseta.manager.agents.HostStatistics;
import dev.meseta.manager.inventory.HostDetails;
import dev.meseta.manager.shared.EventKind;
import dev.meseta.manager.shared.EventPublisher;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Latest numbers in memory; every new sample is shown to watchers. */
final class LatestHostStatistics implements HostStatistics, HostDetails {

    private static final long MIB = 1024 * 1024;

    private final Map<UUID, Sample> latest = new ConcurrentHashMap<>();
    private final EventPublisher events;

    LatestHostStatistics(EventPublisher events) {
        this.events = events;
    }

    void accept(UUID hostId, Sample sample) {
        latest.put(hostId, sample);
        events.publishVolatile(
                EventKind.HOST_STATISTICS.text(),
                "host",
                hostId,
                Map.of(
                        "sampledAt",
                        sample.sampledAt().toString(),
                        "cpuUsagePercent",
                        sample.cpuUsagePercent(),
                        "memoryUsedMiB",
                        sample.memoryUsedBytes() / MIB,
                        "memoryAvailableMiB",
                        sample.memoryAvailableBytes() / MIB));
    }

    void forget(UUID hostId) {
        latest.remove(hostId);
    }

    @Override
    public Optional<Sample> latest(UUID hostId) {
        return Optional.ofNullable(latest.get(hostId));
    }

    @Override
    public Map<UUID, HostSample> samples(Collection<UUID> hostIds) {
        Map<UUID, HostSample> found = new HashMap<>();
        for (UUID hostId : hostIds) {
            latest(hostId)
                    .ifPresent(sample -> found.put(
                            hostId,
                            new HostSample(
                                    sample.sampledAt(),
                                    sample.cpuUsagePercent(),
                                    sample.memoryUsedBytes() / MIB,
                                    sample.memoryAvailableBytes() / MIB)));
        }
        return found;
    }
}
