package dev.meseta.manager.network.internal;

import dev.meseta.manager.network.Networks.Network;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Which addresses of a network are given out. The next is the free one after the one given out last, and from the start
 * again at the end: an address that was freed rests as long as the subnet allows, because neighbours remember for up to a
 * minute which MAC address it belonged to (RFC 826; {@code base_reachable_time_ms} of Linux's arp(7)).
 *
 * <p>Callers hold the lock on the network's row.
 */
final class AddressLedger {

    private final JdbcClient jdbc;

    AddressLedger(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Gives the NIC an address without prefix length; empty when every address of the subnet is in use. */
    Optional<String> assign(Network network, UUID nicId) {
        Subnet subnet = Subnet.parse(network.subnet());
        Optional<String> address = lastGivenOut(network.id())
                .flatMap(last -> freeAfter(last, network, subnet))
                .or(() -> freeAfter(subnet.beforeFirst(), network, subnet));
        address.ifPresent(given -> record(given, network.id(), nicId));
        return address;
    }

    private Optional<String> lastGivenOut(UUID networkId) {
        return jdbc.sql("SELECT host(last_address) FROM network WHERE id = :network AND last_address IS NOT NULL")
                .param("network", networkId)
                .query(String.class)
                .optional();
    }

    /** The address after the given one if it is free, else the first behind a run of taken ones. */
    private Optional<String> freeAfter(String after, Network network, Subnet subnet) {
        Optional<String> found = jdbc.sql("""
                        SELECT host(candidate) FROM (
                            SELECT CAST(:after AS inet) + 1 AS candidate
                            UNION ALL
                            (SELECT taken.address + 1 FROM network_address taken
                                WHERE taken.network_id = :network AND taken.address > CAST(:after AS inet)
                                AND NOT EXISTS (SELECT FROM network_address following
                                    WHERE following.network_id = :network AND following.address = taken.address + 1)
                                ORDER BY taken.address LIMIT 1)) AS candidates
                        WHERE candidate <= CAST(:last AS inet)
                        AND NOT EXISTS (SELECT FROM network_address
                            WHERE network_id = :network AND address = candidate)
                        ORDER BY candidate LIMIT 1
                        """)
                .param("network", network.id())
                .param("after", after)
                .param("last", subnet.last())
                .query(String.class)
                .optional();
        return found.flatMap(address ->
                address.equals(network.gateway()) ? freeAfter(address, network, subnet) : Optional.of(address));
    }

    private void record(String address, UUID networkId, UUID nicId) {
        jdbc.sql("""
                        INSERT INTO network_address (network_id, address, nic_id)
                        VALUES (:network, CAST(:address AS inet), :nic)
                        """)
                .param("network", networkId)
                .param("address", address)
                .param("nic", nicId)
                .update();
        jdbc.sql("UPDATE network SET last_address = CAST(:address AS inet) WHERE id = :network")
                .param("address", address)
                .param("network", networkId)
                .update();
    }
}
