package dev.meseta.manager.audit.internal;

import dev.meseta.manager.audit.Audit;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Records that came with somebody's transaction and are in no lane yet. */
@Component
class PendingRows {

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final InstantSource clock;

    PendingRows(JdbcClient jdbc, JsonMapper json, InstantSource clock) {
        this.jdbc = jdbc;
        this.json = json;
        this.clock = clock;
    }

    /** In the caller's transaction. */
    void add(Audit.Entry entry) {
        RecordLine record = RecordLine.of(entry, clock.instant(), json);
        jdbc.sql("INSERT INTO audit_pending (line) VALUES (CAST(:line AS json))")
                .param("line", json.writeValueAsString(record.line(json, null, 0)))
                .update();
    }

    /** Takes some away, oldest first, in the caller's transaction; those that another manager takes now are left to it. */
    List<RecordLine> take(int atMost) {
        record Taken(long id, String line) {}
        List<Taken> taken = new ArrayList<>(jdbc.sql("""
                        DELETE FROM audit_pending WHERE id IN (
                            SELECT id FROM audit_pending ORDER BY id LIMIT :atMost FOR UPDATE SKIP LOCKED)
                        RETURNING id, line""")
                .param("atMost", atMost)
                .query((row, number) -> new Taken(row.getLong("id"), row.getString("line")))
                .list());
        taken.sort((one, other) -> Long.compare(one.id(), other.id()));
        return taken.stream().map(each -> record(json.readTree(each.line()))).toList();
    }

    private static RecordLine record(JsonNode line) {
        return new RecordLine(
                Instant.parse(text(line, "at")),
                text(line, "principal"),
                text(line, "remoteAddress"),
                text(line, "action"),
                text(line, "objectKind"),
                text(line, "objectId"),
                text(line, "objectName"),
                text(line, "outcome"),
                text(line, "code"),
                text(line, "correlationId"),
                line.required("detail"));
    }

    private static String text(JsonNode line, String name) {
        return line.required(name).stringValue();
    }
}
