package dev.meseta.lab.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** VMs that are written straight into the database, because nobody could ask for so many one by one. */
final class FilledRows {

    private static final String STOPPED = """
            WITH numbers AS (SELECT generate_series(1, ?) AS n),
            made AS (
                INSERT INTO vm (id, cluster_id, name, description, vcpus, memory_bytes, firmware, image_id,
                    desired_power, created_at)
                SELECT gen_random_uuid(), (SELECT id FROM cluster ORDER BY created_at LIMIT 1),
                    'filled-' || lpad(((n::bigint * 7919 + ?) % 1000003)::text, 7, '0'), 'made for a measurement', 1,
                    128 << 20, 'BIOS', (SELECT id FROM image LIMIT 1), 'STOPPED', now() - n * interval '1 second'
                FROM numbers RETURNING id, created_at)
            INSERT INTO vm_observed (vm_id, status, status_since) SELECT id, 'DOWN', created_at FROM made""";

    private static final String DISKS = """
            INSERT INTO disk (id, vm_id, storage_domain_id, image_id, disk_index, status, size_bytes)
            SELECT gen_random_uuid(), v.id, (SELECT id FROM storage_domain LIMIT 1), v.image_id, 0, 'READY', 1 << 30
            FROM vm v WHERE NOT EXISTS (SELECT FROM disk d WHERE d.vm_id = v.id)""";

    private static final String NICS = """
            INSERT INTO nic (id, vm_id, network_id, mac_address, nic_index)
            SELECT gen_random_uuid(), v.id, (SELECT id FROM network ORDER BY created_at LIMIT 1),
                regexp_replace(lpad(to_hex(x'02ff00000000'::bigint + (SELECT count(*) FROM nic)
                    + row_number() OVER ()), 12, '0'), '(..)(..)(..)(..)(..)(..)', '\\1:\\2:\\3:\\4:\\5:\\6'), 0
            FROM vm v WHERE NOT EXISTS (SELECT FROM nic n WHERE n.vm_id = v.id)""";

    private static final String ADDRESSES = """
            INSERT INTO network_address (network_id, address, nic_id)
            SELECT n.network_id, inet '172.16.0.0' + (SELECT count(*) FROM network_address) + row_number() OVER (), n.id
            FROM nic n WHERE NOT EXISTS (SELECT FROM network_address a WHERE a.nic_id = n.id)""";

    /** On every host whose name fits, and believed to run there. */
    private static final String RUNNING = """
            WITH numbers AS (
                SELECT h.id AS host_id, h.cluster_id, h.name, n FROM host h, generate_series(1, ?) AS n WHERE h.name LIKE ?),
            made AS (
                INSERT INTO vm (id, cluster_id, name, description, vcpus, memory_bytes, firmware, image_id,
                    desired_power, host_id, created_at)
                SELECT gen_random_uuid(), cluster_id, 'running-' || name || '-' || left(gen_random_uuid()::text, 13), 'made for a measurement', 1,
                    ?::bigint << 20, 'BIOS', (SELECT id FROM image LIMIT 1), 'RUNNING', host_id, now()
                FROM numbers RETURNING id, host_id, vcpus, memory_bytes, created_at),
            reserved AS (
                INSERT INTO reservation (vm_id, host_id, vcpus, memory_bytes, created_at)
                SELECT id, host_id, vcpus, memory_bytes, created_at FROM made)
            INSERT INTO vm_observed (vm_id, status, status_since, host_id)
            SELECT id, 'UP', created_at, host_id FROM made""";

    private static final String RUNNING_UNSEEN = """
            SELECT h.name, o.vm_id FROM vm_observed o JOIN host h ON h.id = o.host_id
            WHERE o.agent_instance_id IS NULL ORDER BY h.name""";

    private static final String SEEN =
            "SELECT count(*) FROM vm_observed WHERE status = 'UP' AND agent_instance_id IS NOT NULL";

    /** Nobody adds so many at once: what that leaves to clean up is not to be measured beside the lists. */
    private static final String VACUUM = "VACUUM (ANALYZE)";

    private final BenchDataCenter dataCenter;

    FilledRows(BenchDataCenter dataCenter) {
        this.dataCenter = dataCenter;
    }

    /** @param from where in the row of their names to go on */
    void stopped(int count, long from) {
        with(database -> {
            try (PreparedStatement vms = database.prepareStatement(STOPPED)) {
                vms.setInt(1, count);
                vms.setLong(2, from);
                int unused = vms.executeUpdate();
            }
            completeVms(database);
            return null;
        });
    }

    /**
     * So many on each host whose name is LIKE a pattern. The manager believes that they run and no agent has said so: whoever
     * calls this sees to it that they do, soon.
     *
     * @return ids by name of the host
     */
    Map<String, List<UUID>> running(int perHost, String hosts, int mebibytes) {
        return with(database -> {
            try (PreparedStatement vms = database.prepareStatement(RUNNING)) {
                vms.setInt(1, perHost);
                vms.setString(2, hosts);
                vms.setInt(3, mebibytes);
                int unused = vms.executeUpdate();
            }
            completeVms(database);
            Map<String, List<UUID>> made = new LinkedHashMap<>();
            try (Statement query = database.createStatement();
                    ResultSet row = query.executeQuery(RUNNING_UNSEEN)) {
                while (row.next()) {
                    made.computeIfAbsent(row.getString(1), host -> new ArrayList<>())
                            .add(row.getObject(2, UUID.class));
                }
            }
            return made;
        });
    }

    /** How many VMs agents have said of that they run. */
    long seenRunning() {
        return with(database -> {
            try (Statement query = database.createStatement();
                    ResultSet row = query.executeQuery(SEEN)) {
                boolean unused = row.next();
                return row.getLong(1);
            }
        });
    }

    private static void completeVms(Connection database) throws SQLException {
        try (Statement others = database.createStatement()) {
            for (String statement : List.of(DISKS, NICS, ADDRESSES, VACUUM)) {
                boolean unused = others.execute(statement);
            }
        }
    }

    private <T extends @org.jspecify.annotations.Nullable Object> T with(Work<T> work) {
        try (Connection database = dataCenter.database()) {
            return work.on(database);
        } catch (SQLException e) {
            throw new IllegalStateException("the database could not be filled: " + e.getMessage(), e);
        }
    }

    /** Something done with a connection. */
    private interface Work<T extends @org.jspecify.annotations.Nullable Object> {
        T on(Connection database) throws SQLException;
    }
}
