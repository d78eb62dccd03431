package dev.meseta.manager.placement.internal;

import dev.meseta.manager.inventory.HostDetails;
import dev.meseta.manager.placement.Placement.Reserved;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Reservations as the API shows them with their hosts. */
@Component
class ReservationsOfHosts implements HostDetails {

    private static final long MIB = 1024L * 1024;

    private final ReservationStore reservations;

    ReservationsOfHosts(ReservationStore reservations) {
        this.reservations = reservations;
    }

    @Override
    public Map<UUID, HostReserved> reserved(Collection<UUID> hostIds) {
        Map<UUID, HostReserved> shown = new HashMap<>();
        for (Map.Entry<UUID, Reserved> entry : reservations.on(hostIds).entrySet()) {
            Reserved reserved = entry.getValue();
            shown.put(entry.getKey(), new HostReserved(reserved.vcpus(), reserved.memoryBytes() / MIB, reserved.vms()));
        }
        return shown;
    }
}
