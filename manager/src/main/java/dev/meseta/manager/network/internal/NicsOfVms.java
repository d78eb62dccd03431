package dev.meseta.manager.network.internal;

import dev.meseta.manager.inventory.VmDetails;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** NICs as the API shows them with their VMs. */
@Component
class NicsOfVms implements VmDetails {

    private final JdbcClient jdbc;

    NicsOfVms(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public Map<UUID, List<VmNic>> nics(Collection<UUID> vmIds) {
        Map<UUID, List<VmNic>> found = new HashMap<>();
        if (!vmIds.isEmpty()) {
            jdbc.sql("""
                            SELECT n.*, host(a.address) AS address, w.subnet
                            FROM nic n JOIN network_address a ON a.nic_id = n.id JOIN network w ON w.id = n.network_id
                            WHERE n.vm_id IN (:vms) ORDER BY n.vm_id, n.nic_index""").param("vms", vmIds).query(row -> {
                found.computeIfAbsent(row.getObject("vm_id", UUID.class), vm -> new ArrayList<>())
                        .add(nic(row));
            });
        }
        return found;
    }

    private static VmNic nic(ResultSet row) throws SQLException {
        return new VmNic(
                row.getObject("id", UUID.class),
                row.getObject("network_id", UUID.class),
                row.getString("mac_address"),
                Subnet.parse(row.getString("subnet")).withPrefix(row.getString("address")));
    }
}
