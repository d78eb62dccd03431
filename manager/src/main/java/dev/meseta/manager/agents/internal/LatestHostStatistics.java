package dev.meseta.manager.agents.internal;

import dev.meseta.manager.agents.HostStatistics;
import dev.meseta.manager.inventory.HostDetails;
import dev.meseta.manager.shared.EventKind;
import dev.meseta.manager.shared.EventPublisher;
import dev.meseta.manager.shared.Topic;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Latest numbers in memory; every new sample is shown to watchers, and told to the managers that do not watch the host.
 * Numbers that have become old, because nobody watches the host or because those who do are not heard, are not answered.
 */
final class LatestHostStatistics implements HostStatistics, HostDetails {

    private static final long MIB = 1024 * 1024;

    /** Several times the interval of samples. */
    static final Duration GOOD_FOR = Duration.ofSeconds(30);

    private final Map<UUID, Received> latest = new ConcurrentHashMap<>();
    private final EventPublisher events;
    private final Topic<Told> topic;
    private final InstantSource clock;

    LatestHostStatistics(EventPublisher events, Topic<Told> topic, InstantSource clock) {
        this.events = events;
        this.topic = topic;
        this.clock = clock;
        topic.whenTold(told -> put(told.hostId(), told.sample()));
    }

    /**
     * What managers tell each other of a host.
     *
     * @param sample null: there is none any more
     */
    record Told(UUID hostId, @Nullable Sample sample) {}

    /** @param at when it came, by this manager's clock: hosts may have other ones */
    private record Received(Sample sample, Instant at) {}

    private void put(UUID hostId, @Nullable Sample sample) {
        if (sample == null) {
            latest.remove(hostId);
        } else {
            latest.put(hostId, new Received(sample, clock.instant()));
        }
    }

    void accept(UUID hostId, Sample sample) {
        put(hostId, sample);
        topic.tellOthers(new Told(hostId, sample));
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
        if (latest.remove(hostId) != null) {
            topic.tellOthers(new Told(hostId, null));
        }
    }

    @Override
    public Optional<Sample> latest(UUID hostId) {
        return Optional.ofNullable(latest.get(hostId))
                .filter(received -> clock.instant().isBefore(received.at().plus(GOOD_FOR)))
                .map(Received::sample);
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
