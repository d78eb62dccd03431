package dev.meseta.manager.database;

import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Rows that other rows need, put into a test's database without the modules that own them. */
public final class TestRows {

    private final JdbcClient jdbc;

    public TestRows(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    public UUID dataCenter() {
        return dataCenter(UUID.randomUUID());
    }

    /** One with this id and a name of its own. */
    public UUID dataCenter(UUID id) {
        return insert(
                id, jdbc.sql("INSERT INTO data_center (id, name, created_at) VALUES (:id, CAST(:id AS text), now())"));
    }

    public UUID cluster(UUID dataCenterId) {
        return insert(UUID.randomUUID(), jdbc.sql("""
                        INSERT INTO cluster (id, data_center_id, name, created_at)
                        VALUES (:id, :dataCenter, CAST(:id AS text), now())""").param("dataCenter", dataCenterId));
    }

    /** One that nobody has heard of yet. */
    public UUID host(UUID clusterId, String name) {
        return insert(
                UUID.randomUUID(), jdbc.sql("""
                        INSERT INTO host (id, cluster_id, name, agent_address, migration_address, created_at)
                        VALUES (:id, :cluster, :name, '10.0.0.1:9444', '10.0.0.1', now())""").param("cluster", clusterId).param("name", name));
    }

    public UUID vm(UUID clusterId) {
        return insert(UUID.randomUUID(), jdbc.sql("""
                        INSERT INTO vm (id, cluster_id, name, vcpus, memory_bytes, firmware, desired_power, created_at)
                        VALUES (:id, :cluster, CAST(:id AS text), 1, 1, 'BIOS', 'RUNNING', now())""").param("cluster", clusterId));
    }

    /** One that has succeeded. */
    public UUID task(UUID targetId) {
        return insert(UUID.randomUUID(), jdbc.sql("""
                        INSERT INTO task (id, kind, schema_version, state, phase, payload, target_kind, target_id, target_name,
                            exclusive, correlation_id, requested_by, created_at, updated_at, finished_at)
                        VALUES (:id, 'vm.stop', 1, 'SUCCEEDED', 'SUCCEEDED', '{}', 'vm', :target, 'target', true,
                            CAST(:id AS text), 'admin', now(), now(), now())""").param("target", targetId));
    }

    /** One of a kind that no manager knows yet, and that therefore stays as it is. */
    public UUID taskOfTheFuture(UUID targetId) {
        return insert(UUID.randomUUID(), jdbc.sql("""
                        INSERT INTO task (id, kind, schema_version, state, phase, payload, target_kind, target_id, target_name,
                            exclusive, correlation_id, requested_by, created_at, updated_at)
                        VALUES (:id, 'test.future', 99, 'PENDING', 'FIRST', '{}', 'vm', :target, 'target', true,
                            CAST(:id AS text), 'admin', now(), now())""").param("target", targetId));
    }

    private static UUID insert(UUID id, JdbcClient.StatementSpec statement) {
        statement.param("id", id).update();
        return id;
    }
}
