package dev.meseta.manager.audit.internal;

import dev.meseta.manager.audit.internal.AuditRows.Stored;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** How far each lane has been forwarded. */
@Component
class ForwardRows {

    private final JdbcClient jdbc;
    private final AuditRows records;

    ForwardRows(JdbcClient jdbc, AuditRows records) {
        this.jdbc = jdbc;
        this.records = records;
    }

    Map<UUID, Long> positions() {
        Map<UUID, Long> positions = new HashMap<>();
        jdbc.sql("SELECT lane, number FROM audit_forwarded").query(row -> {
            positions.put(Objects.requireNonNull(row.getObject("lane", UUID.class)), row.getLong("number"));
        });
        return positions;
    }

    /** The next records behind these positions, in the order in which they were stored, and without holes in any lane. */
    List<Stored> after(Map<UUID, Long> positions, int atMost) {
        List<UUID> lanes = List.copyOf(positions.keySet());
        return jdbc.sql("""
                        SELECT r.* FROM audit_lane l
                        LEFT JOIN unnest(CAST(:lanes AS uuid[]), CAST(:numbers AS bigint[])) AS s(lane, number)
                            ON s.lane = l.id
                        CROSS JOIN LATERAL (SELECT * FROM audit_record
                            WHERE lane = l.id AND number > coalesce(s.number, 0) ORDER BY number LIMIT :atMost) r
                        ORDER BY r.id LIMIT :atMost""")
                .param("lanes", lanes.toArray(UUID[]::new))
                .param("numbers", lanes.stream().map(positions::get).toArray(Long[]::new))
                .param("atMost", atMost)
                .query((row, number) -> records.stored(row))
                .list();
    }

    /** Never goes back. */
    void save(Map<UUID, Long> positions) {
        positions.forEach((lane, number) ->
                jdbc.sql("""
                        INSERT INTO audit_forwarded (lane, number) VALUES (:lane, :number)
                        ON CONFLICT (lane) DO UPDATE SET number = greatest(audit_forwarded.number, EXCLUDED.number)""").param("lane", lane).param("number", number).update());
    }
}
