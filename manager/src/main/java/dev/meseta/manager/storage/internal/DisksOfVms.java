package dev.meseta.manager.storage.internal;

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

/** Disks as the API shows them with their VMs. */
@Component
class DisksOfVms implements VmDetails {

    private static final long MIB = 1024L * 1024;

    private final JdbcClient jdbc;

    DisksOfVms(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public Map<UUID, List<VmDisk>> disks(Collection<UUID> vmIds) {
        Map<UUID, List<VmDisk>> found = new HashMap<>();
        if (!vmIds.isEmpty()) {
            jdbc.sql("SELECT * FROM disk WHERE vm_id IN (:vms) ORDER BY vm_id, disk_index")
                    .param("vms", vmIds)
                    .query(row -> {
                        found.computeIfAbsent(row.getObject("vm_id", UUID.class), vm -> new ArrayList<>())
                                .add(disk(row));
                    });
        }
        return found;
    }

    private static VmDisk disk(ResultSet row) throws SQLException {
        return new VmDisk(
                row.getObject("id", UUID.class),
                row.getObject("storage_domain_id", UUID.class),
                row.getObject("image_id", UUID.class),
                row.getInt("disk_index"),
                row.getString("status"),
                row.getLong("size_bytes") / MIB);
    }
}
