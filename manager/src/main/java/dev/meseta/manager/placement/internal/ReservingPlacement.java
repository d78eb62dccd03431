package dev.meseta.manager.placement.internal;

import dev.meseta.manager.inventory.Clusters;
import dev.meseta.manager.placement.Placement;
import dev.meseta.manager.scheduling.Allowance;
import dev.meseta.manager.scheduling.Demand;
import dev.meseta.manager.scheduling.Scheduler;
import dev.meseta.manager.scheduling.Scheduler.RankedHost;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Proposes without a lock, then verifies and reserves under the lock of the one host it has chosen. A host that turns out
 * to be full meanwhile is let go of before the next is tried, so that nobody ever waits for one host while holding
 * another. The first proposal comes of what was known a moment ago; when it does not do, all hosts are looked at anew.
 */
final class ReservingPlacement implements Placement {

    /** Looks at all hosts before giving in to the competition. */
    private static final int ROUNDS = 3;

    private final TransactionTemplate transactions;
    private final Clusters clusters;
    private final Snapshots snapshots;
    private final ReservationStore reservations;
    private final Allowance allowance;
    private final Scheduler scheduler;
    private final Proposals proposals;
    private final InstantSource clock;

    ReservingPlacement(
            TransactionTemplate transactions,
            Clusters clusters,
            Snapshots snapshots,
            ReservationStore reservations,
            Allowance allowance,
            InstantSource clock) {
        this.transactions = transactions;
        this.clusters = clusters;
        this.snapshots = snapshots;
        this.reservations = reservations;
        this.allowance = allowance;
        this.scheduler = Scheduler.of(allowance);
        this.proposals = new Proposals(snapshots, scheduler, allowance, clock);
        this.clock = clock;
    }

    @Override
    public Decision evaluate(PlacementRequest request) {
        clusters.require(request.clusterId());
        return new Decision(
                rank(request).stream().map(ReservingPlacement::candidate).toList());
    }

    @Override
    public UUID reserve(PlacementRequest request, @Nullable UUID taskId) {
        UUID vmId = request.vmId()
                .orElseThrow(() -> new IllegalArgumentException("A reservation is somebody's: name the VM."));
        return Objects.requireNonNull(transactions.execute(status -> reserve(request, vmId, taskId)));
    }

    private UUID reserve(PlacementRequest request, UUID vmId, @Nullable UUID taskId) {
        Demand demand = snapshots.demand(request);
        Set<UUID> held = reservations.hostsOf(vmId);
        if (held.isEmpty()) {
            Optional<UUID> proposed = proposals.next(request, demand);
            if (proposed.isPresent()
                    && reservations.tentatively(() -> reserveOn(proposed.get(), request, demand, vmId, taskId))) {
                return proposed.get();
            }
        }
        clusters.require(request.clusterId());
        List<RankedHost> ranked = List.of();
        for (int round = 0; round < ROUNDS; round++) {
            ranked = rank(request);
            for (RankedHost candidate : preferHeld(ranked, held)) {
                UUID hostId = candidate.host().id();
                if (reservations.tentatively(() -> reserveOn(hostId, request, demand, vmId, taskId))) {
                    return hostId;
                }
            }
            if (ranked.stream().noneMatch(RankedHost::accepted)) {
                break;
            }
        }
        throw Refusals.of(request, ranked);
    }

    private boolean reserveOn(UUID hostId, PlacementRequest request, Demand demand, UUID vmId, @Nullable UUID taskId) {
        if (reservations.lock(hostId).isEmpty()
                || !scheduler.judge(snapshots.of(hostId, request), demand).accepted()) {
            return false;
        }
        reservations.put(
                vmId, hostId, request.vcpus(), allowance.withOverhead(request.memoryBytes()), taskId, clock.instant());
        return true;
    }

    /** Accepted hosts, best first; where the VM holds a reservation already before all others. */
    private static List<RankedHost> preferHeld(List<RankedHost> ranked, Set<UUID> held) {
        return ranked.stream()
                .filter(RankedHost::accepted)
                .sorted(Comparator.comparing(
                        candidate -> !held.contains(candidate.host().id())))
                .toList();
    }

    private List<RankedHost> rank(PlacementRequest request) {
        return scheduler.rank(snapshots.of(request), snapshots.demand(request));
    }

    @Override
    public void release(UUID vmId, UUID hostId) {
        reservations.remove(vmId, hostId);
    }

    @Override
    public void releaseAll(UUID vmId) {
        reservations.removeAll(vmId);
    }

    @Override
    public Reserved reservedOn(UUID hostId) {
        return reservations.on(hostId, null);
    }

    private static Candidate candidate(RankedHost ranked) {
        return new Candidate(
                ranked.host().id(),
                ranked.host().name(),
                ranked.accepted(),
                ranked.score(),
                ranked.reasons().stream()
                        .map(reason -> new Reason(reason.code(), reason.message()))
                        .toList());
    }
}
