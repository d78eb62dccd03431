package dev.meseta.manager.web.internal;

import dev.meseta.manager.database.ListQueries;
import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.shared.EventPublisher.EventDraft;
import dev.meseta.manager.shared.EventPublisher.Severity;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListFields;
import dev.meseta.manager.shared.query.ListRequest;
import dev.meseta.manager.shared.query.SqlFilter;
import dev.meseta.manager.web.events.EventView;
import dev.meseta.manager.web.events.Horizon;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Rows of events. */
@Repository
public class EventStore {

    private static final int LOOKED_FOR_MISSING = 1_000;
    private static final TypeReference<Map<String, Object>> DATA = new TypeReference<>() {};
    private static final ListFields FIELDS = ListFields.builder("e.id", ListFields.Type.NUMBER, "-id")
            .freeText("e.message")
            .freeText("e.kind")
            .term("kind", "e.kind")
            .term("object", "CAST(e.object_id AS text)")
            .term("severity", "e.severity")
            .term("code", "e.code")
            .sort("id", "e.id", ListFields.Type.NUMBER)
            .build();

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final Access access;

    EventStore(JdbcClient jdbc, JsonMapper json, Access access) {
        this.access = access;
        this.jdbc = jdbc;
        this.json = json;
    }

    /** Adds rows in this order, in one statement, and answers the last one's id. */
    public long insert(List<NewEvent> events) {
        return jdbc.sql("""
                        INSERT INTO event (at, kind, object_kind, object_id, severity, code, message, correlation_id, data)
                        SELECT CAST(at AS timestamptz), kind, object_kind, CAST(object_id AS uuid), severity, code,
                            message, correlation_id, CAST(data AS jsonb)
                        FROM unnest(:at, :kind, :objectKind, :objectId, :severity, :code, :message, :correlationId, :data)
                            AS new (at, kind, object_kind, object_id, severity, code, message, correlation_id, data)
                        RETURNING id""")
                .param("at", column(events, event -> event.at().toString()), Types.ARRAY)
                .param("kind", column(events, event -> event.draft().kind()), Types.ARRAY)
                .param("objectKind", column(events, event -> event.draft().objectKind()), Types.ARRAY)
                .param("objectId", column(events, EventStore::objectId), Types.ARRAY)
                .param(
                        "severity",
                        column(events, event -> event.draft().severity().name()),
                        Types.ARRAY)
                .param("code", column(events, event -> event.draft().code()), Types.ARRAY)
                .param("message", column(events, event -> event.draft().message()), Types.ARRAY)
                .param("correlationId", column(events, NewEvent::correlationId), Types.ARRAY)
                .param(
                        "data",
                        column(
                                events,
                                event -> json.writeValueAsString(event.draft().data())),
                        Types.ARRAY)
                .query(Long.class)
                .list()
                .getLast();
    }

    private static @Nullable String objectId(NewEvent event) {
        UUID id = event.draft().objectId();
        return id == null ? null : id.toString();
    }

    private static @Nullable String[] column(List<NewEvent> events, Function<NewEvent, @Nullable String> value) {
        return events.stream().map(value).toArray(String[]::new);
    }

    /** An event before it has an id. */
    public record NewEvent(EventDraft draft, Instant at, String correlationId) {}

    /** 0 when there is none. */
    public long lastId() {
        return jdbc.sql("SELECT coalesce(max(id), 0) FROM event")
                .query(Long.class)
                .single();
    }

    /** Which of the last ids before one have no row, or none yet. */
    public Set<Long> missingBefore(long id) {
        return Set.copyOf(jdbc.sql("""
                        SELECT given FROM generate_series(greatest(1, :id - :looked), :id) given
                        WHERE NOT EXISTS (SELECT 1 FROM event WHERE id = given)""")
                .param("id", id)
                .param("looked", LOOKED_FOR_MISSING)
                .query(Long.class)
                .list());
    }

    /** Which transactions run at this moment. */
    public Horizon horizon() {
        return jdbc.sql("""
                        SELECT CAST(CAST(pg_snapshot_xmin(s) AS text) AS bigint) AS oldest,
                            CAST(CAST(pg_snapshot_xmax(s) AS text) AS bigint) AS next
                        FROM pg_current_snapshot() s""")
                .query((row, number) -> new Horizon(row.getLong("oldest"), row.getLong("next")))
                .single();
    }

    /** Those of these ids that have a row by now. */
    public List<EventView> found(Set<Long> ids) {
        if (ids.isEmpty()) {
            return List.of();
        }
        return jdbc.sql("SELECT * FROM event WHERE id = ANY(:ids) ORDER BY id")
                .param("ids", ids.toArray(Long[]::new), Types.ARRAY)
                .query((row, number) -> eventOf(row))
                .list();
    }

    /** Rows after an id, by their ids. */
    public List<EventView> following(long id, int limit) {
        return jdbc.sql("SELECT * FROM event WHERE id > :id ORDER BY id LIMIT :limit")
                .param("id", id)
                .param("limit", limit)
                .query((row, number) -> eventOf(row))
                .list();
    }

    /**
     * What a watcher that saw an event last has missed, oldest first. Ids are given before commits, so that an event with a
     * lower id may have appeared a little later: those of the last moments before are told again.
     *
     * @param to the last one that is wanted
     */
    public List<EventView> missed(long last, long to, Duration overlap, int limit) {
        return jdbc.sql("""
                        SELECT * FROM event WHERE id <= :to AND (id > :last
                        OR (id < :last AND at >= (SELECT at FROM event WHERE id = :last) - CAST(:overlap AS interval)))
                        ORDER BY id LIMIT :limit""")
                .param("last", last)
                .param("to", to)
                .param("overlap", overlap.toString())
                .param("limit", limit)
                .query((row, number) -> eventOf(row))
                .list();
    }

    /** What the actor may see. Events of what is gone are for those who may see all. */
    public Page<EventView> list(ListRequest request) {
        SqlFilter about = access.about(Permission.EVENT_READ, "e.object_kind", "e.object_id");
        return ListQueries.page(
                jdbc,
                request,
                FIELDS,
                about.condition().isEmpty() ? about : withTasks(about),
                "e.*",
                "event e",
                this::eventOf);
    }

    /** Events of tasks are seen with what the task works on. */
    private SqlFilter withTasks(SqlFilter about) {
        SqlFilter tasks = access.about(Permission.EVENT_READ, "t.target_kind", "t.target_id");
        Map<String, Object> parameters = new LinkedHashMap<>(about.parameters());
        parameters.putAll(tasks.parameters());
        UUID actor = Access.actorId();
        if (actor != null) {
            parameters.put("actor", actor);
        }
        return new SqlFilter(
                about.condition()
                        + " OR (e.object_kind = 'task' AND EXISTS (SELECT 1 FROM task t WHERE t.id = e.object_id AND ("
                        + (actor == null ? "" : "t.requested_by_id = :actor OR ") + tasks.condition() + ")))",
                parameters);
    }

    private EventView eventOf(ResultSet row) throws SQLException {
        return new EventView(
                row.getLong("id"),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getString("kind"),
                row.getString("object_kind"),
                row.getObject("object_id", UUID.class),
                Severity.valueOf(row.getString("severity")),
                row.getString("code"),
                row.getString("message"),
                row.getString("correlation_id"),
                json.readValue(row.getString("data"), DATA));
    }
}
