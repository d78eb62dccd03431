package dev.meseta.manager.placement.internal;

import dev.meseta.manager.placement.Placement.PlacementRequest;
import dev.meseta.manager.scheduling.Allowance;
import dev.meseta.manager.scheduling.Demand;
import dev.meseta.manager.scheduling.HostCapacity;
import dev.meseta.manager.scheduling.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The best host by what this manager read of all hosts a moment ago and has proposed since. Reading them all again for
 * every VM would cost more than everything else that is done for it; and because a proposal counts at once, VMs that are
 * placed at the same time do not queue for the same host. A proposal may be wrong: whoever takes it verifies it under the
 * host's lock.
 */
final class Proposals {

    /** How long what was read is good enough to propose by. */
    static final Duration BELIEVED = Duration.ofMillis(500);

    private final Snapshots snapshots;
    private final Scheduler scheduler;
    private final Allowance allowance;
    private final InstantSource clock;
    private final Map<UUID, Belief> clusters = new ConcurrentHashMap<>();

    Proposals(Snapshots snapshots, Scheduler scheduler, Allowance allowance, InstantSource clock) {
        this.snapshots = snapshots;
        this.scheduler = scheduler;
        this.allowance = allowance;
        this.clock = clock;
    }

    /** Empty: there seems to be none; look properly before saying so. */
    Optional<UUID> next(PlacementRequest request, Demand demand) {
        if (request.requiredHostId().isPresent()) {
            return request.requiredHostId();
        }
        return clusters.computeIfAbsent(request.clusterId(), id -> new Belief()).next(request, demand);
    }

    /** About one cluster. */
    private final class Belief {

        private final ReentrantLock lock = new ReentrantLock();
        private final Map<UUID, HostCapacity> hosts = new LinkedHashMap<>();
        private @Nullable Instant readAt;

        Optional<UUID> next(PlacementRequest request, Demand demand) {
            lock.lock();
            try {
                Instant now = clock.instant();
                if (readAt == null || !now.isBefore(readAt.plus(BELIEVED))) {
                    hosts.clear();
                    snapshots.of(request).hosts().forEach(host -> hosts.put(host.id(), host));
                    readAt = now;
                }
                Optional<HostCapacity> best = scheduler.best(hosts.values(), demand);
                best.ifPresent(host ->
                        hosts.put(host.id(), host.with(demand.vcpus(), allowance.withOverhead(demand.memoryBytes()))));
                return best.map(HostCapacity::id);
            } finally {
                lock.unlock();
            }
        }
    }
}
