package dev.meseta.manager.network.internal;

import dev.meseta.manager.network.Networks.Network;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Which addresses of a network are given out. The next is the free one after the one given out last, and from the start
 * again at the end: an address that was freed rests as long as the subnet allows, because neighbours remember for up to a
 * minute which MAC address it belonged to (RFC 826; {@code base_reachable_time_ms} of Linux's arp(7)).
 *
 */
final class AddressLedger {

    private final JdbcClient jdbc;

    AddressLedger(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Gives the NIC an address without prefix length; empty when every address of the subnet is in use. Locks the
     * network's row until the end of the transaction.
     */
    Optional<String> assign(Network network, UUID nicId) {
        Subnet subnet = Subnet.parse(network.subnet());
        Optional<String> last = lockedLast(network.id());
        while (true) {
            Optional<String> address = last.flatMap(after -> freeAfter(after, network, subnet))
                    .or(() -> freeAfter(subnet.beforeFirst(), network, subnet));
            if (address.isEmpty()) {
                return address;
            }
            moveTo(address.get(), network.id());
            if (record(address.get(), network.id(), nicId)) {
                return address;
            }
            // Somebody who had looked it out has written it down meanwhile.
            last = address;
        }
    }

    /**
     * The free ones among so many addresses that come next, without giving them out; moves on past all of them. Locks the
     * network's row until the end of the transaction.
     */
    List<String> lookOut(Network network, int count) {
        Subnet subnet = Subnet.parse(network.subnet());
        String after = lockedLast(network.id())
                .filter(last -> !last.equals(subnet.last()))
                .orElse(subnet.beforeFirst());
        record Looked(String address, boolean free) {}
        List<Looked> looked = jdbc.sql("""
                        SELECT host(candidate) AS address, NOT EXISTS (SELECT FROM network_address
                            WHERE network_id = :network AND address = candidate) AS free
                        FROM (SELECT CAST(:after AS inet) + number AS candidate
                            FROM generate_series(1, :count) AS number) AS candidates
                        WHERE candidate <= CAST(:last AS inet) ORDER BY candidate
                        """)
                .param("network", network.id())
                .param("after", after)
                .param("count", count)
                .param("last", subnet.last())
                .query((row, number) -> new Looked(row.getString("address"), row.getBoolean("free")))
                .list();
        if (!looked.isEmpty()) {
            moveTo(looked.getLast().address(), network.id());
        }
        return looked.stream()
                .filter(Looked::free)
                .map(Looked::address)
                .filter(address -> !address.equals(network.gateway()))
                .toList();
    }

    private Optional<String> lockedLast(UUID networkId) {
        return jdbc.sql("SELECT host(last_address) AS address FROM network WHERE id = :network FOR NO KEY UPDATE")
                .param("network", networkId)
                .query((row, number) -> Optional.ofNullable(row.getString("address")))
                .single();
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

    /** False: somebody has it. */
    boolean record(String address, UUID networkId, UUID nicId) {
        return jdbc.sql("""
                        INSERT INTO network_address (network_id, address, nic_id)
                        VALUES (:network, CAST(:address AS inet), :nic) ON CONFLICT (network_id, address) DO NOTHING
                        """)
                        .param("network", networkId)
                        .param("address", address)
                        .param("nic", nicId)
                        .update()
                == 1;
    }

    private void moveTo(String address, UUID networkId) {
        jdbc.sql("UPDATE network SET last_address = CAST(:address AS inet) WHERE id = :network")
                .param("address", address)
                .param("network", networkId)
                .update();
    }
}
