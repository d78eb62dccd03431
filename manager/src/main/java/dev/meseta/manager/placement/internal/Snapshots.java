package dev.meseta.manager.placement.internal;

import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.inventory.HostStatus;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.placement.Placement.PlacementRequest;
import dev.meseta.manager.placement.Placement.Reserved;
import dev.meseta.manager.scheduling.Demand;
import dev.meseta.manager.scheduling.HostCapacity;
import dev.meseta.manager.scheduling.Snapshot;
import java.util.Map;
import java.util.UUID;

/** Makes of inventory and reservations what scheduling looks at. */
final class Snapshots {

    private static final Reserved NOTHING = new Reserved(0, 0, 0);

    private final Hosts hosts;
    private final ReservationStore reservations;

    Snapshots(Hosts hosts, ReservationStore reservations) {
        this.hosts = hosts;
        this.reservations = reservations;
    }

    Snapshot of(PlacementRequest request) {
        Map<UUID, Reserved> reserved = reservations.byHost(request.vmId().orElse(null));
        return new Snapshot(hosts.inCluster(request.clusterId()).stream()
                .map(host -> capacity(host, reserved.getOrDefault(host.id(), NOTHING)))
                .toList());
    }

    /** One host as it is now. */
    HostCapacity of(UUID hostId, PlacementRequest request) {
        return capacity(
                hosts.require(hostId), reservations.on(hostId, request.vmId().orElse(null)));
    }

    Demand demand(PlacementRequest request) {
        // A VM that leaves a host is running there: it must be run in the same way where it goes.
        Boolean accelerated = request.excludedHostId()
                .flatMap(hosts::find)
                .filter(source -> source.observed().acceleration() != null)
                .map(Snapshots::isAccelerated)
                .orElse(null);
        return new Demand(
                request.vcpus(),
                request.memoryBytes(),
                request.requiredHostId().orElse(null),
                request.excludedHostId().orElse(null),
                accelerated);
    }

    private static HostCapacity capacity(Host host, Reserved reserved) {
        return new HostCapacity(
                host.id(),
                host.name(),
                host.observed().status() == HostStatus.UP,
                host.observed().status().name(),
                host.maintenance(),
                isAccelerated(host),
                host.observed().cpus(),
                host.observed().memoryBytes(),
                reserved.vcpus(),
                reserved.memoryBytes(),
                reserved.vms());
    }

    private static boolean isAccelerated(Host host) {
        return "KVM".equals(host.observed().acceleration());
    }
}
