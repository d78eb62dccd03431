package dev.meseta.manager.lifecycle.internal;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Restarts as rows. */
@Repository
class StoredRestarts implements Restarts {

    private final JdbcClient jdbc;

    StoredRestarts(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public int since(UUID vmId, Instant oldest) {
        jdbc.sql("DELETE FROM vm_restart WHERE vm_id = :vm AND restarted_at < :oldest")
                .param("vm", vmId)
                .param("oldest", oldest.atOffset(ZoneOffset.UTC))
                .update();
        return jdbc.sql("SELECT count(*) FROM vm_restart WHERE vm_id = :vm")
                .param("vm", vmId)
                .query(Integer.class)
                .single();
    }

    @Override
    public void add(UUID vmId, Instant at) {
        jdbc.sql("INSERT INTO vm_restart (vm_id, restarted_at) SELECT id, :at FROM vm WHERE id = :vm")
                .param("vm", vmId)
                .param("at", at.atOffset(ZoneOffset.UTC))
                .update();
    }

    @Override
    public Map<UUID, Integer> leftDown(Collection<UUID> vmIds, Instant oldest) {
        Map<UUID, Integer> found = new HashMap<>();
        if (!vmIds.isEmpty()) {
            jdbc.sql("""
                            SELECT vm_id, count(*) FROM vm_restart WHERE vm_id IN (:vms) AND restarted_at >= :oldest
                            GROUP BY vm_id HAVING bool_and(told)""")
                    .param("vms", vmIds)
                    .param("oldest", oldest.atOffset(ZoneOffset.UTC))
                    .query(row -> {
                        found.put(row.getObject("vm_id", UUID.class), row.getInt("count"));
                    });
        }
        return found;
    }

    @Override
    public boolean tell(UUID vmId) {
        return jdbc.sql("UPDATE vm_restart SET told = true WHERE vm_id = :vm AND NOT told")
                        .param("vm", vmId)
                        .update()
                > 0;
    }
}
