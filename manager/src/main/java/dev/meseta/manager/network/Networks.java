package dev.meseta.manager.network;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Networks, NICs and their addresses. Rows only. */
public interface Networks {

    List<Network> all();

    Network require(UUID networkId);

    /** The network used when a request names none: the oldest. */
    Network defaultNetwork();

    List<Nic> nicsOf(UUID vmId);

    /** Makes the next {@link #createNic} quick. To be called outside a transaction; not to call it does no harm. */
    void prepareNic(Network network);

    /**
     * A NIC with a MAC address of the pool and the next free address of the network's subnet.
     *
     * @throws dev.meseta.manager.shared.MesetaException ADDRESSES_EXHAUSTED
     */
    Nic createNic(UUID vmId, Network network, int index);

    /** Takes all NICs of a VM away and their addresses back. */
    void removeNics(UUID vmId);

    record Network(
            UUID id,
            UUID dataCenterId,
            String name,
            int vni,
            int mtu,
            String subnet,
            @Nullable String gateway,
            List<String> externalEndpoints,
            long version,
            Instant createdAt) {}

    /**
     * @param address with prefix length
     */
    record Nic(UUID id, UUID vmId, UUID networkId, String macAddress, int index, String address) {}
}
