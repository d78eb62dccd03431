package dev.meseta.manager.inventory.internal;

import dev.meseta.manager.inventory.VmStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The rows of what is observed of VMs: read to be changed, written. A host may have hundreds of VMs, so many rows cost one
 * statement; they are locked in the order of their ids, so that two who want the same ones do not wait for each other.
 */
final class ObservedRows {

    private static final String COLUMNS = """
            SELECT o.vm_id, v.host_id AS placed_host_id, v.activity, o.status, o.status_reason, o.host_id,
                o.agent_instance_id, o.sequence, o.observed_at, v.external
            FROM vm_observed o JOIN vm v ON v.id = o.vm_id""";

    private final JdbcClient jdbc;

    ObservedRows(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Optional<ObservedVm> lock(UUID vmId) {
        return jdbc.sql(COLUMNS + " WHERE o.vm_id = :vmId FOR UPDATE OF o")
                .param("vmId", vmId)
                .query((row, number) -> observed(row))
                .optional();
    }

    /** These, as far as there are such, and all that were last seen on the host. */
    Map<UUID, ObservedVm> lock(Collection<UUID> vmIds, UUID hostId) {
        Map<UUID, ObservedVm> locked = new LinkedHashMap<>();
        jdbc.sql(COLUMNS + """
                         WHERE o.vm_id = ANY(:vmIds::uuid[]) OR o.host_id = :hostId
                        ORDER BY o.vm_id FOR UPDATE OF o""")
                .param("vmIds", vmIds.stream().map(UUID::toString).toArray(String[]::new))
                .param("hostId", hostId)
                .query((row, number) -> observed(row))
                .list()
                .forEach(vm -> locked.put(vm.vmId(), vm));
        return locked;
    }

    /** @param now when a status that is not the former one began */
    void write(List<ObservedVm> rows, Instant now) {
        if (rows.isEmpty()) {
            return;
        }
        jdbc.sql("""
                        UPDATE vm_observed o SET status = n.status, status_reason = n.reason, host_id = n.host_id,
                            status_since = CASE WHEN o.status = n.status THEN o.status_since ELSE :now END,
                            agent_instance_id = n.instance, sequence = n.sequence, observed_at = n.observed_at,
                            missing_since = CASE WHEN n.missing THEN coalesce(o.missing_since, :now) END
                        FROM unnest(:vmIds::uuid[], :statuses::text[], :reasons::text[], :hostIds::uuid[],
                            :instances::text[], :sequences::bigint[], :observedAts::timestamptz[], :missing::boolean[])
                            AS n (vm_id, status, reason, host_id, instance, sequence, observed_at, missing)
                        WHERE o.vm_id = n.vm_id""")
                .param("now", now.atOffset(ZoneOffset.UTC))
                .param("vmIds", each(rows, ObservedVm::vmId))
                .param("statuses", each(rows, vm -> vm.status().name()))
                .param("reasons", each(rows, ObservedVm::reason))
                .param("hostIds", each(rows, ObservedVm::hostId))
                .param("instances", each(rows, ObservedVm::agentInstanceId))
                .param("sequences", each(rows, ObservedVm::sequence))
                .param("observedAts", each(rows, ObservedVm::observedAt))
                .param("missing", each(rows, ObservedVm::isMissing))
                .update();
    }

    private static @Nullable String[] each(List<ObservedVm> rows, Function<ObservedVm, @Nullable Object> column) {
        @Nullable String[] values = new @Nullable String[rows.size()];
        for (int index = 0; index < values.length; index++) {
            Object value = column.apply(rows.get(index));
            values[index] = value == null ? null : value.toString();
        }
        return values;
    }

    private static ObservedVm observed(ResultSet row) throws SQLException {
        return new ObservedVm(
                Rows.uuid(row, "vm_id"),
                Rows.optionalUuid(row, "placed_host_id"),
                Rows.status(row.getString("activity")),
                VmStatus.valueOf(row.getString("status")),
                row.getString("status_reason"),
                Rows.optionalUuid(row, "host_id"),
                row.getString("agent_instance_id"),
                row.getLong("sequence"),
                Rows.optionalInstant(row, "observed_at"),
                row.getBoolean("external"));
    }
}
