package dev.meseta.manager.fakes;

import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.inventory.HostStatus;
import dev.meseta.manager.placement.Placement;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Takes the host with the most memory that is not reserved. */
public final class FakePlacement implements Placement {

    private final FakeRows rows;

    public FakePlacement(FakeRows rows) {
        this.rows = rows;
    }

    @Override
    public Decision evaluate(PlacementRequest request) {
        return new Decision(rows.hosts.values().stream()
                .map(host -> candidate(host, request))
                .sorted(Comparator.comparingDouble(candidate -> candidate.accepted() ? -candidate.score() : 1))
                .toList());
    }

    private Candidate candidate(Host host, PlacementRequest request) {
        Optional<Reason> refusal = refusal(host, request);
        return new Candidate(
                host.id(),
                host.name(),
                refusal.isEmpty(),
                refusal.isEmpty() ? 100.0 * free(host) / FakeHosts.MEMORY : 0,
                refusal.stream().toList());
    }

    private Optional<Reason> refusal(Host host, PlacementRequest request) {
        if (request.requiredHostId().filter(id -> !id.equals(host.id())).isPresent()) {
            return Optional.of(new Reason("NOT_REQUESTED", "Another host was asked for."));
        }
        if (request.excludedHostId().filter(host.id()::equals).isPresent()) {
            return Optional.of(new Reason("SAME_HOST", "The VM is there."));
        }
        if (host.observed().status() != HostStatus.UP) {
            return Optional.of(
                    new Reason("HOST_NOT_UP", "It is " + host.observed().status() + "."));
        }
        return free(host) < request.memoryBytes()
                ? Optional.of(new Reason("NOT_ENOUGH_MEMORY", "It has not enough memory."))
                : Optional.empty();
    }

    private long free(Host host) {
        return FakeHosts.MEMORY - reservedOn(host.id()).memoryBytes();
    }

    @Override
    public UUID reserve(PlacementRequest request, @Nullable UUID taskId) {
        UUID vmId = request.vmId().orElseThrow();
        UUID chosen = evaluate(request)
                .best()
                .orElseThrow(() -> new MesetaException(ErrorCode.NOT_ENOUGH_CAPACITY, "No host has the memory."))
                .hostId();
        rows.reservations.put(new FakeRows.Reservation(vmId, chosen), request.memoryBytes());
        return chosen;
    }

    @Override
    public void release(UUID vmId, UUID hostId) {
        rows.reservations.remove(new FakeRows.Reservation(vmId, hostId));
    }

    @Override
    public void releaseAll(UUID vmId) {
        rows.reservations.keySet().removeIf(reservation -> reservation.vmId().equals(vmId));
    }

    @Override
    public Reserved reservedOn(UUID hostId) {
        List<Long> held = rows.reservations.entrySet().stream()
                .filter(entry -> entry.getKey().hostId().equals(hostId))
                .map(Map.Entry::getValue)
                .toList();
        return new Reserved(
                held.size(), held.stream().mapToLong(Long::longValue).sum(), held.size());
    }

    /** Hosts that hold capacity for a VM. */
    public List<UUID> hostsReservedFor(UUID vmId) {
        return rows.reservations.keySet().stream()
                .filter(reservation -> reservation.vmId().equals(vmId))
                .map(FakeRows.Reservation::hostId)
                .toList();
    }
}
