package dev.meseta.manager.audit.internal;

import dev.meseta.manager.audit.Audit;
import dev.meseta.manager.audit.AuditLog;
import dev.meseta.manager.audit.AuditLog.AuditRecord;
import dev.meseta.manager.database.ListQueries;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListFields;
import dev.meseta.manager.shared.query.ListRequest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Records, lanes and checkpoints in the database. */
@Component
class AuditRows {

    private static final int FETCHED_AT_ONCE = 500;
    private static final TypeReference<Map<String, Object>> DETAIL = new TypeReference<>() {};
    private static final ListFields FIELDS = ListFields.builder("a.id", ListFields.Type.NUMBER, "-id")
            .freeText("a.principal")
            .freeText("a.action")
            .freeText("a.object_name")
            .freeText("a.object_id")
            .term("who", "a.principal")
            .term("action", "a.action")
            .code("outcome", "a.outcome")
            .code("code", "a.code")
            .term("object", "a.object_id", "a.object_name")
            .term("kind", "a.object_kind")
            .term("address", "a.remote_address")
            .term("correlation", "a.correlation_id")
            .sort("id", "a.id", ListFields.Type.NUMBER)
            .build();

    private static final ListFields CHECKPOINT_FIELDS = ListFields.builder(
                    "c.number", ListFields.Type.NUMBER, "-number")
            .sort("number", "c.number", ListFields.Type.NUMBER)
            .build();

    private final JdbcClient jdbc;
    private final JdbcTemplate batches;
    private final JsonMapper json;

    AuditRows(JdbcClient jdbc, JdbcTemplate batches, JsonMapper json) {
        this.jdbc = jdbc;
        this.batches = batches;
        this.json = json;
    }

    /** A record as it was stored. */
    record Stored(
            long id,
            @Nullable UUID lane,
            long number,
            @Nullable String previous,
            @Nullable String hash,
            RecordLine record) {

        ObjectNode line(JsonMapper json) {
            ObjectNode line = record.line(json, lane, number);
            if (lane != null) {
                line.put("previous", previous).put("hash", hash);
            }
            return line;
        }
    }

    /** How far a lane is. */
    record Head(UUID lane, long number, String hash) {}

    /** @param line as it was signed, with its signature */
    record StoredCheckpoint(long number, Instant at, long lastRecord, String line, String hash) {}

    void beginLane(UUID lane, UUID managerId, Instant now) {
        jdbc.sql(
                        "INSERT INTO audit_lane (id, manager_id, started_at) VALUES (:id, :manager, :now) ON CONFLICT DO NOTHING")
                .param("id", lane)
                .param("manager", managerId)
                .param("now", now.atOffset(ZoneOffset.UTC))
                .update();
    }

    boolean has(UUID lane, long number) {
        return jdbc.sql("SELECT EXISTS (SELECT FROM audit_record WHERE lane = :lane AND number = :number)")
                .param("lane", lane)
                .param("number", number)
                .query(Boolean.class)
                .single();
    }

    void append(UUID lane, List<ObjectNode> lines) {
        int[][] unused = batches.batchUpdate("""
                INSERT INTO audit_record (lane, number, previous, hash, at, principal, remote_address, action, object_kind,
                    object_id, object_name, outcome, code, correlation_id, detail)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, CAST(? AS json))""", lines, lines.size(), (row, line) -> {
            row.setObject(1, lane);
            row.setLong(2, line.required("number").longValue());
            row.setString(3, text(line, "previous"));
            row.setString(4, text(line, "hash"));
            row.setTimestamp(5, Timestamp.from(Instant.parse(text(line, "at"))));
            row.setString(6, text(line, "principal"));
            row.setString(7, text(line, "remoteAddress"));
            row.setString(8, text(line, "action"));
            row.setString(9, text(line, "objectKind"));
            row.setString(10, text(line, "objectId"));
            row.setString(11, text(line, "objectName"));
            row.setString(12, text(line, "outcome"));
            row.setString(13, text(line, "code"));
            row.setString(14, text(line, "correlationId"));
            row.setString(15, json.writeValueAsString(line.required("detail")));
        });
    }

    private static String text(ObjectNode line, String name) {
        return line.required(name).stringValue();
    }

    /** Hands over one after the other, in the order in which they were stored; a transaction must be open. */
    void records(Range range, Consumer<Stored> each) {
        try (Stream<Stored> records = jdbc
                .sql("SELECT * FROM audit_record WHERE id BETWEEN :first AND :last ORDER BY id")
                .withFetchSize(FETCHED_AT_ONCE)
                .param("first", range.first())
                .param("last", range.last())
                .query((row, number) -> stored(row))
                .stream()) {
            records.forEach(each);
        }
    }

    /** @param first id of the first record, inclusive, as is the last one's */
    record Range(long first, long last) {}

    /**
     * Records of a span of time without holes: clocks differ and step, so that the times of a lane's records need not rise. All
     * from the first record that is as late on, up to the last one that is early enough.
     */
    Range range(Instant from, Instant to) {
        return jdbc.sql("""
                        SELECT coalesce(min(id) FILTER (WHERE at >= :from), max(id) + 1, 1) AS first,
                            coalesce(max(id) FILTER (WHERE at < :to), 0) AS last FROM audit_record""")
                .param("from", from.atOffset(ZoneOffset.UTC))
                .param("to", to.atOffset(ZoneOffset.UTC))
                .query((row, number) -> new Range(row.getLong("first"), row.getLong("last")))
                .single();
    }

    Page<AuditRecord> list(ListRequest request) {
        return ListQueries.page(jdbc, request, FIELDS, "a.*", "audit_record a", this::shown);
    }

    private AuditRecord shown(ResultSet row) throws SQLException {
        Stored stored = stored(row);
        RecordLine record = stored.record();
        return new AuditRecord(
                stored.id(),
                record.at(),
                record.principal(),
                record.remoteAddress(),
                record.action(),
                record.objectKind(),
                record.objectId(),
                record.objectName(),
                Audit.Outcome.valueOf(record.outcome()),
                record.code(),
                record.correlationId(),
                json.convertValue(record.detail(), DETAIL),
                stored.lane(),
                stored.number(),
                stored.previous(),
                stored.hash());
    }

    Optional<AuditRecord> find(long id) {
        return jdbc.sql("SELECT * FROM audit_record WHERE id = :id")
                .param("id", id)
                .query((row, number) -> shown(row))
                .optional();
    }

    Page<AuditLog.Checkpoint> listCheckpoints(ListRequest request) {
        return ListQueries.page(
                jdbc,
                request,
                CHECKPOINT_FIELDS,
                """
                c.number, c.at, c.hash, json_array_length(c.line -> 'heads') AS lanes,
                (SELECT sum((h ->> 'number')::bigint) FROM json_array_elements(c.line -> 'heads') h) AS records""",
                "audit_checkpoint c",
                row -> new AuditLog.Checkpoint(
                        row.getLong("number"),
                        row.getObject("at", OffsetDateTime.class).toInstant(),
                        row.getString("hash"),
                        row.getInt("lanes"),
                        row.getLong("records")));
    }

    /** The line that the log begins with; empty: it begins at its beginning. */
    Optional<String> anchor() {
        return jdbc.sql("SELECT line FROM audit_anchor ORDER BY checkpoint DESC LIMIT 1")
                .query(String.class)
                .optional();
    }

    Stored stored(ResultSet row) throws SQLException {
        return new Stored(
                row.getLong("id"),
                row.getObject("lane", UUID.class),
                row.getLong("number"),
                row.getString("previous"),
                row.getString("hash"),
                new RecordLine(
                        row.getObject("at", OffsetDateTime.class).toInstant(),
                        row.getString("principal"),
                        row.getString("remote_address"),
                        row.getString("action"),
                        row.getString("object_kind"),
                        row.getString("object_id"),
                        row.getString("object_name"),
                        row.getString("outcome"),
                        row.getString("code"),
                        row.getString("correlation_id"),
                        json.readTree(row.getString("detail"))));
    }

    List<Head> heads() {
        return jdbc.sql("""
                        SELECT l.id, coalesce(r.number, f.number) AS number, coalesce(r.hash, f.hash) AS hash
                        FROM audit_lane l LEFT JOIN LATERAL (
                            SELECT number, hash FROM audit_record WHERE lane = l.id ORDER BY number DESC LIMIT 1) r ON true
                        LEFT JOIN audit_floor f ON f.lane = l.id
                        WHERE r.number IS NOT NULL OR f.number IS NOT NULL ORDER BY l.id""")
                .query((row, number) ->
                        new Head(row.getObject("id", UUID.class), row.getLong("number"), row.getString("hash")))
                .list();
    }

    /** Empty: nothing of the lane is there. */
    Optional<Head> head(UUID lane) {
        return jdbc.sql("SELECT number, hash FROM audit_record WHERE lane = :lane ORDER BY number DESC LIMIT 1")
                .param("lane", lane)
                .query((row, number) -> new Head(lane, row.getLong("number"), row.getString("hash")))
                .optional();
    }

    /** 0: there is none. Never less than what a checkpoint knew, though that may have been removed since. */
    long lastRecord() {
        return jdbc.sql("""
                        SELECT greatest((SELECT coalesce(max(id), 0) FROM audit_record),
                            (SELECT coalesce(max(last_record), 0) FROM audit_checkpoint))""").query(Long.class).single();
    }

    Optional<StoredCheckpoint> lastCheckpoint() {
        return jdbc.sql("SELECT * FROM audit_checkpoint ORDER BY number DESC LIMIT 1")
                .query((row, number) -> checkpoint(row))
                .optional();
    }

    /** The newest that is older, and that is not the newest of all. */
    Optional<StoredCheckpoint> lastCheckpointBefore(Instant moment) {
        return jdbc.sql("""
                        SELECT * FROM audit_checkpoint WHERE at < :moment
                        AND number < (SELECT max(number) FROM audit_checkpoint) ORDER BY number DESC LIMIT 1""")
                .param("moment", moment.atOffset(ZoneOffset.UTC))
                .query((row, number) -> checkpoint(row))
                .optional();
    }

    /** Those that know nothing behind the range, and something in it. */
    List<StoredCheckpoint> checkpoints(Range range) {
        return jdbc.sql("SELECT * FROM audit_checkpoint WHERE last_record BETWEEN :first AND :last ORDER BY number")
                .param("first", range.first())
                .param("last", range.last())
                .query((row, number) -> checkpoint(row))
                .list();
    }

    private static StoredCheckpoint checkpoint(ResultSet row) throws SQLException {
        return new StoredCheckpoint(
                row.getLong("number"),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getLong("last_record"),
                row.getString("line"),
                row.getString("hash"));
    }

    /** False: another manager has written the one of that number. */
    boolean add(StoredCheckpoint checkpoint) {
        return jdbc.sql("""
                        INSERT INTO audit_checkpoint (number, at, last_record, line, hash)
                        VALUES (:number, :at, :lastRecord, CAST(:line AS json), :hash) ON CONFLICT DO NOTHING""")
                        .param("number", checkpoint.number())
                        .param("at", checkpoint.at().atOffset(ZoneOffset.UTC))
                        .param("lastRecord", checkpoint.lastRecord())
                        .param("line", checkpoint.line())
                        .param("hash", checkpoint.hash())
                        .update()
                == 1;
    }
}
