package dev.meseta.manager.agents.internal;

import dev.meseta.manager.membership.Life;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Ownership as rows; one statement takes them, so that two managers never get the same host. */
final class JdbcHostOwnership implements HostOwnership {

    private final JdbcClient jdbc;

    JdbcHostOwnership(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public List<Owned> all() {
        jdbc.sql("""
                        INSERT INTO host_ownership (host_id, epoch) SELECT id, 1 FROM host h
                        WHERE NOT EXISTS (SELECT FROM host_ownership o WHERE o.host_id = h.id)
                        ON CONFLICT DO NOTHING""").update();
        return jdbc.sql("SELECT host_id, manager_id, incarnation, connected FROM host_ownership ORDER BY host_id")
                .query((row, number) -> {
                    UUID manager = row.getObject("manager_id", UUID.class);
                    return new Owned(
                            row.getObject("host_id", UUID.class),
                            manager == null ? null : new Life(manager, row.getLong("incarnation")),
                            row.getBoolean("connected"));
                })
                .list();
    }

    @Override
    public Set<UUID> claim(Life by, int atMost, Collection<Life> over) {
        return Set.copyOf(jdbc.sql("""
                        UPDATE host_ownership SET manager_id = :manager, incarnation = :incarnation, connected = false
                        WHERE host_id IN (SELECT host_id FROM host_ownership
                            WHERE manager_id IS NULL OR manager_id || ':' || incarnation = ANY(:over)
                            ORDER BY host_id LIMIT :atMost FOR UPDATE SKIP LOCKED)
                        RETURNING host_id""")
                .param("manager", by.managerId())
                .param("incarnation", by.incarnation())
                .param("over", over.stream().map(Life::name).toArray(String[]::new))
                .param("atMost", atMost)
                .query(UUID.class)
                .list());
    }

    @Override
    public void release(Life by, Collection<UUID> hostIds) {
        if (!hostIds.isEmpty()) {
            jdbc.sql("UPDATE host_ownership SET manager_id = NULL, incarnation = NULL"
                            + " WHERE host_id IN (:hosts) AND manager_id = :manager AND incarnation = :incarnation")
                    .param("hosts", hostIds)
                    .param("manager", by.managerId())
                    .param("incarnation", by.incarnation())
                    .update();
        }
    }

    @Override
    public void connected(Life by, Collection<UUID> hostIds, boolean connected) {
        if (!hostIds.isEmpty()) {
            jdbc.sql("UPDATE host_ownership SET connected = :connected"
                            + " WHERE host_id IN (:hosts) AND manager_id = :manager AND incarnation = :incarnation")
                    .param("connected", connected)
                    .param("hosts", hostIds)
                    .param("manager", by.managerId())
                    .param("incarnation", by.incarnation())
                    .update();
        }
    }

    @Override
    public long epoch(UUID hostId) {
        return jdbc.sql("""
                        INSERT INTO host_ownership (host_id, epoch) VALUES (:hostId, 1)
                        ON CONFLICT (host_id) DO UPDATE SET epoch = host_ownership.epoch RETURNING epoch""").param("hostId", hostId).query(Long.class).single();
    }

    @Override
    public long raiseEpoch(UUID hostId, long was) {
        jdbc.sql("UPDATE host_ownership SET epoch = epoch + 1 WHERE host_id = :hostId AND epoch = :was")
                .param("hostId", hostId)
                .param("was", was)
                .update();
        return epoch(hostId);
    }
}
