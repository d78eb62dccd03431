package dev.meseta.manager.network.internal;

import dev.meseta.manager.network.Networks;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.Problems;
import dev.meseta.manager.shared.UuidGenerator;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.json.JsonMapper;

/** The rows of networks and NICs. */
@Repository
class JdbcNetworks implements Networks {

    private final JdbcClient jdbc;
    private final UuidGenerator ids;
    private final MacAddresses macAddresses;
    private final AddressLedger addresses;
    private final AddressProposals proposals;

    JdbcNetworks(JdbcClient jdbc, UuidGenerator ids, MacAddresses macAddresses, TransactionOperations transactions) {
        this.jdbc = jdbc;
        this.ids = ids;
        this.macAddresses = macAddresses;
        this.addresses = new AddressLedger(jdbc);
        this.proposals = new AddressProposals(addresses, transactions);
    }

    @Override
    public List<Network> all() {
        return jdbc.sql("SELECT * FROM network ORDER BY created_at, id")
                .query((row, number) -> network(row))
                .list();
    }

    @Override
    public Network require(UUID networkId) {
        return jdbc.sql("SELECT * FROM network WHERE id = :id")
                .param("id", networkId)
                .query((row, number) -> network(row))
                .optional()
                .orElseThrow(() -> Problems.notFound("network", networkId));
    }

    @Override
    public Network defaultNetwork() {
        return all().getFirst();
    }

    @Override
    public List<Nic> nicsOf(UUID vmId) {
        return jdbc.sql("""
                        SELECT nic.*, host(network_address.address) AS address, network.subnet
                        FROM nic
                        JOIN network ON network.id = nic.network_id
                        JOIN network_address ON network_address.nic_id = nic.id
                        WHERE nic.vm_id = :vm ORDER BY nic.nic_index
                        """).param("vm", vmId).query((row, number) -> nic(row)).list();
    }

    @Override
    public void prepareNic(Network network) {
        proposals.prepare(network);
    }

    @Override
    @Transactional(propagation = Propagation.REQUIRED)
    public Nic createNic(UUID vmId, Network network, int index) {
        UUID nicId = ids.next();
        String address = proposals
                .next(network.id())
                .filter(proposed -> addresses.record(proposed, network.id(), nicId))
                .or(() -> addresses.assign(network, nicId))
                .orElseThrow(() -> new MesetaException(
                        ErrorCode.ADDRESSES_EXHAUSTED,
                        "Every address of network '%s' (%s) is in use; delete VMs or use another network."
                                .formatted(network.name(), network.subnet())));
        String macAddress = macAddresses.next(drawn -> record(nicId, vmId, network.id(), drawn, index));
        return new Nic(
                nicId,
                vmId,
                network.id(),
                macAddress,
                index,
                Subnet.parse(network.subnet()).withPrefix(address));
    }

    @Override
    @Transactional
    public void removeNics(UUID vmId) {
        jdbc.sql("DELETE FROM network_address WHERE nic_id IN (SELECT id FROM nic WHERE vm_id = :vm)")
                .param("vm", vmId)
                .update();
        jdbc.sql("DELETE FROM nic WHERE vm_id = :vm").param("vm", vmId).update();
    }

    /** False: another NIC has the MAC address. */
    private boolean record(UUID nicId, UUID vmId, UUID networkId, String macAddress, int index) {
        return jdbc.sql("""
                        INSERT INTO nic (id, vm_id, network_id, mac_address, nic_index)
                        VALUES (:id, :vm, :network, :mac, :index) ON CONFLICT (mac_address) DO NOTHING
                        """)
                        .param("id", nicId)
                        .param("vm", vmId)
                        .param("network", networkId)
                        .param("mac", macAddress)
                        .param("index", index)
                        .update()
                == 1;
    }

    static Network network(ResultSet row) throws SQLException {
        return new Network(
                row.getObject("id", UUID.class),
                row.getObject("data_center_id", UUID.class),
                row.getString("name"),
                row.getInt("vni"),
                row.getInt("mtu"),
                row.getString("subnet"),
                row.getString("gateway"),
                List.of(JsonMapper.shared().readValue(row.getString("external_endpoints"), String[].class)),
                row.getLong("version"),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }

    private static Nic nic(ResultSet row) throws SQLException {
        return new Nic(
                row.getObject("id", UUID.class),
                row.getObject("vm_id", UUID.class),
                row.getObject("network_id", UUID.class),
                row.getString("mac_address"),
                row.getInt("nic_index"),
                Subnet.parse(row.getString("subnet")).withPrefix(row.getString("address")));
    }
}
