package dev.meseta.manager.agents.internal;

import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Ownership as a row; one statement takes it, so that two managers never get the same epoch. */
final class JdbcHostOwnership implements HostOwnership {

    private final JdbcClient jdbc;

    JdbcHostOwnership(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public long take(UUID hostId, UUID managerId) {
        return jdbc.sql("""
                        INSERT INTO host_ownership (host_id, manager_id, epoch) VALUES (:hostId, :managerId, 1)
                        ON CONFLICT (host_id) DO UPDATE
                        SET manager_id = excluded.manager_id, epoch = host_ownership.epoch + 1
                        RETURNING epoch""")
                .param("hostId", hostId)
                .param("managerId", managerId)
                .query(Long.class)
                .single();
    }

    @Override
    public Optional<Owner> owner(UUID hostId) {
        return jdbc.sql("SELECT manager_id, epoch FROM host_ownership WHERE host_id = :hostId")
                .param("hostId", hostId)
                .query((row, number) -> new Owner(row.getObject("manager_id", UUID.class), row.getLong("epoch")))
                .optional();
    }
}
