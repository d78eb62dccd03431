package dev.meseta.manager.migration.internal;

import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.inventory.HostStatus;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.placement.Placement;
import dev.meseta.manager.placement.Placement.Candidate;
import dev.meseta.manager.placement.Placement.Decision;
import dev.meseta.manager.placement.Placement.PlacementRequest;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Where a VM may go. */
@Component
class MigrationTargets {

    private final Hosts hosts;
    private final Placement placement;

    MigrationTargets(Hosts hosts, Placement placement) {
        this.hosts = hosts;
        this.placement = placement;
    }

    /** @throws MesetaException NOT_FOUND, SAME_HOST, HOST_IN_MAINTENANCE, HOST_NOT_UP */
    void checkWanted(UUID sourceHostId, @Nullable UUID wantedHostId) {
        if (wantedHostId == null) {
            return;
        }
        Host wanted = hosts.require(wantedHostId);
        if (wantedHostId.equals(sourceHostId)) {
            throw new MesetaException(
                    ErrorCode.SAME_HOST,
                    "The VM runs on %s already. Choose another host, or none.".formatted(wanted.name()));
        }
        HostStatus status = wanted.observed().status();
        if (wanted.maintenance() || status == HostStatus.MAINTENANCE || status == HostStatus.PREPARING_MAINTENANCE) {
            throw new MesetaException(
                    ErrorCode.HOST_IN_MAINTENANCE,
                    "The host %s is in maintenance. Activate it first, or choose another.".formatted(wanted.name()));
        }
        if (status != HostStatus.UP) {
            throw new MesetaException(
                    ErrorCode.HOST_NOT_UP,
                    "The host %s is %s. Choose a host that is UP.".formatted(wanted.name(), status));
        }
    }

    Decision evaluate(Vm vm, UUID sourceHostId, @Nullable UUID wantedHostId) {
        return placement.evaluate(request(vm, sourceHostId, wantedHostId));
    }

    /** @throws MesetaException as {@link #checkWanted}; NO_SUITABLE_HOST with every host's reasons */
    UUID choose(Vm vm, UUID sourceHostId, @Nullable UUID wantedHostId) {
        checkWanted(sourceHostId, wantedHostId);
        Decision decision = evaluate(vm, sourceHostId, wantedHostId);
        return decision.best()
                .map(Candidate::hostId)
                .orElseThrow(() -> new MesetaException(
                        ErrorCode.NO_SUITABLE_HOST,
                        "No host can take the VM %s. %s".formatted(vm.name(), reasons(decision))));
    }

    /** Joins the caller's transaction. */
    void reserve(Vm vm, UUID sourceHostId, UUID targetHostId, UUID taskId) {
        placement.reserve(request(vm, sourceHostId, targetHostId), taskId);
    }

    private static PlacementRequest request(Vm vm, UUID sourceHostId, @Nullable UUID targetHostId) {
        return new PlacementRequest(
                Optional.of(vm.id()),
                vm.clusterId(),
                vm.vcpus(),
                vm.memoryBytes(),
                Optional.ofNullable(targetHostId),
                Optional.of(sourceHostId));
    }

    private static String reasons(Decision decision) {
        return decision.candidates().stream()
                .map(candidate -> candidate.hostName()
                        + ": "
                        + candidate.reasons().stream()
                                .map(Placement.Reason::message)
                                .collect(Collectors.joining(" ")))
                .collect(Collectors.joining("; "));
    }
}
