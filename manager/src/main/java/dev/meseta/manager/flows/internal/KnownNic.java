package dev.meseta.manager.flows.internal;

import dev.meseta.manager.agents.FlowAddress;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A vNIC of the inventory.
 *
 * @param address that the network's ledger gave it
 * @param hosts that the VM is on or is meant to be on; none: it is down
 */
record KnownNic(
        UUID nicId,
        UUID vmId,
        UUID networkId,
        long mac,
        @Nullable FlowAddress address,
        String vmName,
        UUID clusterId,
        Set<UUID> hosts) {

    KnownNic {
        hosts = Set.copyOf(hosts);
    }
}
