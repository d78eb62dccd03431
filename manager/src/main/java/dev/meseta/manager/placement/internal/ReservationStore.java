package dev.meseta.manager.placement.internal;

import dev.meseta.manager.placement.Placement.Reserved;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The statements on {@code reservation}. Memory there includes the overhead of running the VM. Opens no transactions. */
final class ReservationStore {

    private static final String SUMS = "sum(vcpus) AS vcpus, sum(memory_bytes) AS memory_bytes, count(*) AS vms";

    private final JdbcClient jdbc;

    ReservationStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Promised by host; what one VM holds is left out. Hosts without any are absent. */
    Map<UUID, Reserved> byHost(@Nullable UUID withoutVmId) {
        Map<UUID, Reserved> found = new HashMap<>();
        jdbc.sql("SELECT host_id, " + SUMS
                        + " FROM reservation WHERE vm_id IS DISTINCT FROM CAST(:vm AS uuid) GROUP BY host_id")
                .param("vm", withoutVmId)
                .query(rs -> {
                    found.put(rs.getObject("host_id", UUID.class), reserved(rs));
                });
        return found;
    }

    Map<UUID, Reserved> on(Collection<UUID> hostIds) {
        Map<UUID, Reserved> found = new HashMap<>();
        if (!hostIds.isEmpty()) {
            jdbc.sql("SELECT host_id, " + SUMS + " FROM reservation WHERE host_id IN (:hosts) GROUP BY host_id")
                    .param("hosts", hostIds)
                    .query(rs -> {
                        found.put(rs.getObject("host_id", UUID.class), reserved(rs));
                    });
        }
        return found;
    }

    /** Promised on one host; what one VM holds is left out. */
    Reserved on(UUID hostId, @Nullable UUID withoutVmId) {
        return jdbc.sql("SELECT " + SUMS
                        + " FROM reservation WHERE host_id = :host AND vm_id IS DISTINCT FROM CAST(:vm AS uuid)")
                .param("host", hostId)
                .param("vm", withoutVmId)
                .query((rs, n) -> reserved(rs))
                .single();
    }

    /** Where a VM holds something. */
    Set<UUID> hostsOf(UUID vmId) {
        return jdbc
                .sql("SELECT host_id FROM reservation WHERE vm_id = :vm")
                .param("vm", vmId)
                .query((rs, n) -> Objects.requireNonNull(rs.getObject("host_id", UUID.class)))
                .stream()
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Keeps others from reserving on a host until the end of the transaction; empty: no such host. */
    Optional<UUID> lock(UUID hostId) {
        return jdbc.sql("SELECT id FROM host WHERE id = :host FOR NO KEY UPDATE")
                .param("host", hostId)
                .query(UUID.class)
                .optional();
    }

    /** Whether the attempt may stand; if not, everything it did and every lock it took is given back. */
    boolean tentatively(BooleanSupplier attempt) {
        jdbc.sql("SAVEPOINT placement").update();
        boolean stands = attempt.getAsBoolean();
        if (!stands) {
            jdbc.sql("ROLLBACK TO SAVEPOINT placement").update();
        }
        jdbc.sql("RELEASE SAVEPOINT placement").update();
        return stands;
    }

    void put(UUID vmId, UUID hostId, int vcpus, long memoryBytes, @Nullable UUID taskId, Instant now) {
        jdbc.sql("""
                        INSERT INTO reservation (vm_id, host_id, vcpus, memory_bytes, task_id, created_at)
                        VALUES (:vm, :host, :vcpus, :memory, CAST(:task AS uuid), :now)
                        ON CONFLICT (vm_id, host_id) DO UPDATE
                            SET vcpus = EXCLUDED.vcpus, memory_bytes = EXCLUDED.memory_bytes, task_id = EXCLUDED.task_id
                        """)
                .param("vm", vmId)
                .param("host", hostId)
                .param("vcpus", vcpus)
                .param("memory", memoryBytes)
                .param("task", taskId)
                .param("now", now.atOffset(ZoneOffset.UTC))
                .update();
    }

    void remove(UUID vmId, UUID hostId) {
        jdbc.sql("DELETE FROM reservation WHERE vm_id = :vm AND host_id = :host")
                .param("vm", vmId)
                .param("host", hostId)
                .update();
    }

    void removeAll(UUID vmId) {
        jdbc.sql("DELETE FROM reservation WHERE vm_id = :vm").param("vm", vmId).update();
    }

    private static Reserved reserved(ResultSet rs) throws SQLException {
        return new Reserved(rs.getInt("vcpus"), rs.getLong("memory_bytes"), rs.getInt("vms"));
    }
}
