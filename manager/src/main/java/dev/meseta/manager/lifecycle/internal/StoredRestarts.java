package dev.meseta.manager.lifecycle.internal;

import java.time.Instant;
import java.time.ZoneOffset;
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
    public boolean tell(UUID vmId) {
        return jdbc.sql("UPDATE vm_restart SET told = true WHERE vm_id = :vm AND NOT told")
                        .param("vm", vmId)
                        .update()
                > 0;
    }
}
