package dev.meseta.manager.placement.internal;

import dev.meseta.manager.inventory.HostDetails;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Shows with each host what is promised on it. */
@Component
class ReservedDetails implements HostDetails {

    private static final long MIB = 1L << 20;

    private final ReservationStore reservations;

    ReservedDetails(ReservationStore reservations) {
        this.reservations = reservations;
    }

    @Override
    public Map<UUID, HostReserved> reserved(Collection<UUID> hostIds) {
        return reservations.on(hostIds).entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> new HostReserved(
                                entry.getValue().vcpus(),
                                (entry.getValue().memoryBytes() + MIB - 1) / MIB,
                                entry.getValue().vms())));
    }
}
