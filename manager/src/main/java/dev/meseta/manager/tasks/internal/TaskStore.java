package dev.meseta.manager.tasks.internal;

import dev.meseta.manager.identity.Access;
import dev.meseta.manager.tasks.StepKind;
import dev.meseta.manager.tasks.TaskState;
import dev.meseta.manager.tasks.TaskView;
import dev.meseta.manager.tasks.internal.TaskRow.Committed;
import dev.meseta.manager.tasks.internal.TaskRow.StepChange;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The statements on {@code task} and {@code task_step}. Opens no transactions. */
final class TaskStore {

    private static final String UNFINISHED = "state IN ('PENDING', 'RUNNING')";

    private final JdbcClient jdbc;

    TaskStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** False: its target has an unfinished exclusive task. */
    boolean insert(TaskRow row) {
        return jdbc.sql("""
                        INSERT INTO task (id, kind, schema_version, state, phase, payload, target_kind, target_id,
                            target_name, exclusive, correlation_id, requested_by, requested_by_id, created_at, updated_at, deadline)
                        VALUES (:id, :kind, :schemaVersion, :state, :phase, CAST(:payload AS jsonb), :targetKind,
                            :targetId, :targetName, :exclusive, :correlationId, :requestedBy, CAST(:requestedById AS uuid), :createdAt, :createdAt,
                            CAST(:deadline AS timestamptz))
                        ON CONFLICT (target_id) WHERE exclusive AND state IN ('PENDING', 'RUNNING') DO NOTHING
                        """)
                        .param("id", row.id())
                        .param("kind", row.kind())
                        .param("schemaVersion", row.schemaVersion())
                        .param("state", row.state().name())
                        .param("phase", row.phase())
                        .param("payload", row.payload())
                        .param("targetKind", row.targetKind())
                        .param("targetId", row.targetId())
                        .param("targetName", row.targetName())
                        .param("exclusive", row.exclusive())
                        .param("correlationId", row.correlationId())
                        .param("requestedBy", row.requestedBy())
                        .param("requestedById", Access.actorId())
                        .param("createdAt", timestamp(row.createdAt()))
                        .param("deadline", row.deadline() == null ? null : timestamp(row.deadline()))
                        .update()
                == 1;
    }

    Optional<TaskRow> find(UUID taskId) {
        return jdbc.sql("SELECT * FROM task WHERE id = :id")
                .param("id", taskId)
                .query((rs, n) -> row(rs))
                .optional();
    }

    /** Ids of the unfinished exclusive tasks by target. */
    Map<UUID, UUID> unfinishedExclusive(Collection<UUID> targetIds) {
        Map<UUID, UUID> found = new HashMap<>();
        if (!targetIds.isEmpty()) {
            jdbc.sql("SELECT id, target_id FROM task WHERE target_id IN (:targets) AND exclusive AND " + UNFINISHED)
                    .param("targets", targetIds)
                    .query(row -> {
                        found.put(row.getObject("target_id", UUID.class), row.getObject("id", UUID.class));
                    });
        }
        return found;
    }

    Optional<TaskRow> unfinishedExclusive(UUID targetId) {
        return jdbc.sql("SELECT * FROM task WHERE target_id = :target AND exclusive AND " + UNFINISHED)
                .param("target", targetId)
                .query((rs, n) -> row(rs))
                .optional();
    }

    /** Step logs of several tasks, each in order. */
    Map<UUID, List<TaskView.Step>> steps(Collection<UUID> taskIds) {
        Map<UUID, List<TaskView.Step>> found = new HashMap<>();
        if (taskIds.isEmpty()) {
            return found;
        }
        jdbc.sql("SELECT * FROM task_step WHERE task_id IN (:ids) ORDER BY task_id, number")
                .param("ids", taskIds)
                .query(rs -> {
                    found.computeIfAbsent(rs.getObject("task_id", UUID.class), id -> new ArrayList<>())
                            .add(new TaskView.Step(
                                    rs.getInt("number"),
                                    text(rs, "phase"),
                                    rs.getInt("attempt"),
                                    text(rs, "result"),
                                    text(rs, "detail"),
                                    rs.getString("error_code"),
                                    instant(rs, "started_at"),
                                    instant(rs, "at")));
                });
        return found;
    }

    /** Writes what a step made of the row; empty when the row has moved on without us. */
    Optional<Committed> commit(TaskRow before, StepChange change, Instant now) {
        // The attempt counts the runs of the phase that have ended, so that a phase entered again never gets an
        // operation id it has used before. REPEATED runs have not ended: they go on under the same id.
        String attempt = change.countAttempt()
                ? "(SELECT count(*) FROM task_step s WHERE s.task_id = task.id AND s.phase = :phase"
                        + " AND s.result <> 'REPEATED')"
                        + (countsItself(before, change) ? " + 1" : "")
                : "attempt";
        String moved = "UPDATE task SET state = :state, phase = :phase, payload = CAST(:payload AS jsonb), attempt = "
                + attempt + ", error_code = :errorCode, error_detail = :errorDetail, version = version + 1,"
                + " schema_version = :schemaVersion,"
                + " phase_since = CASE WHEN phase = :phase THEN phase_since ELSE :now END,"
                + " updated_at = :now, finished_at = CAST(:finishedAt AS timestamptz)"
                + (change.state() == TaskState.SUCCEEDED ? ", progress = progress || '{\"percent\": 100}'" : "")
                + (change.result() == null ? "" : ", steps = steps + 1")
                + " WHERE id = :id AND version = :version AND " + UNFINISHED
                + " RETURNING version, attempt, cancel_requested, signal, steps";
        String statement = change.result() == null ? moved : "WITH moved AS (" + moved + """
                        ), logged AS (
                            INSERT INTO task_step
                                (task_id, number, phase, attempt, result, detail, error_code, started_at, at)
                            SELECT :id, steps, :phaseBefore, :attemptBefore, :result, :detail, CAST(:stepError AS text),
                                coalesce((SELECT max(s.at) FROM task_step s WHERE s.task_id = :id), :createdAt), :now
                            FROM moved)
                        SELECT * FROM moved
                        """;
        return jdbc.sql(statement)
                .param("phaseBefore", before.phase())
                .param("attemptBefore", before.attempt())
                .param("createdAt", timestamp(before.createdAt()))
                .param(
                        "stepError",
                        change.stepError() == null ? null : change.stepError().name())
                .param(
                        "result",
                        change.result() == null ? null : change.result().name())
                .param("detail", change.detail())
                .param("state", change.state().name())
                .param("phase", change.phase())
                .param("payload", change.payload())
                .param("schemaVersion", before.schemaVersion())
                .param("errorCode", change.errorCode())
                .param("errorDetail", change.errorDetail())
                .param("now", timestamp(now))
                .param("finishedAt", change.state().isFinal() ? timestamp(now) : null)
                .param("id", before.id())
                .param("version", before.version())
                .query((rs, n) -> new Committed(
                        rs.getLong("version"),
                        rs.getInt("attempt"),
                        rs.getBoolean("cancel_requested"),
                        rs.getLong("signal")))
                .optional();
    }

    /** The line that is written in the same statement does not see itself. */
    private static boolean countsItself(TaskRow before, StepChange change) {
        return change.result() != null
                && change.result() != StepKind.REPEATED
                && before.phase().equals(change.phase());
    }

    /** How often the present stay in a phase has been tried again. */
    int triesAgain(UUID taskId) {
        return jdbc.sql("""
                        SELECT count(*) FROM task_step WHERE task_id = :id AND number > coalesce(
                            (SELECT max(number) FROM task_step
                             WHERE task_id = :id AND result NOT IN ('RETRIED', 'REPEATED')), 0)
                        """).param("id", taskId).query(Integer.class).single();
    }

    /** False when the task has ended or is unknown. */
    boolean requestCancel(UUID taskId, Instant now) {
        return jdbc.sql("UPDATE task SET cancel_requested = true, updated_at = :now WHERE id = :id AND " + UNFINISHED)
                        .param("id", taskId)
                        .param("now", timestamp(now))
                        .update()
                == 1;
    }

    /** Counts a signal up, locking the rows in one order for all managers. */
    void countSignals(Collection<UUID> taskIds) {
        jdbc.sql("UPDATE task SET signal = signal + 1 WHERE id IN (SELECT id FROM task WHERE id IN (:ids) AND "
                        + UNFINISHED + " ORDER BY id FOR NO KEY UPDATE)")
                .param("ids", taskIds)
                .update();
    }

    /** Merges progress into that of an unfinished task; the merged JSON, or empty. */
    Optional<String> mergeProgress(UUID taskId, String progress) {
        return jdbc.sql("UPDATE task SET progress = progress || CAST(:progress AS jsonb) WHERE id = :id AND "
                        + UNFINISHED + " RETURNING progress")
                .param("id", taskId)
                .param("progress", progress)
                .query(String.class)
                .optional();
    }

    static TaskRow row(ResultSet rs) throws SQLException {
        Instant phaseSince = optionalInstant(rs, "phase_since");
        return new TaskRow(
                id(rs, "id"),
                text(rs, "kind"),
                rs.getInt("schema_version"),
                TaskState.valueOf(text(rs, "state")),
                text(rs, "phase"),
                text(rs, "payload"),
                text(rs, "target_kind"),
                id(rs, "target_id"),
                text(rs, "target_name"),
                rs.getBoolean("exclusive"),
                rs.getInt("attempt"),
                rs.getBoolean("cancel_requested"),
                rs.getLong("signal"),
                text(rs, "progress"),
                text(rs, "correlation_id"),
                text(rs, "requested_by"),
                rs.getString("error_code"),
                rs.getString("error_detail"),
                rs.getLong("version"),
                instant(rs, "created_at"),
                instant(rs, "updated_at"),
                optionalInstant(rs, "deadline"),
                optionalInstant(rs, "finished_at"),
                rs.getObject("parent_id", UUID.class),
                phaseSince == null ? instant(rs, "created_at") : phaseSince);
    }

    static OffsetDateTime timestamp(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static UUID id(ResultSet rs, String column) throws SQLException {
        return Objects.requireNonNull(rs.getObject(column, UUID.class));
    }

    private static String text(ResultSet rs, String column) throws SQLException {
        return Objects.requireNonNull(rs.getString(column));
    }

    private static Instant instant(ResultSet rs, String column) throws SQLException {
        return Objects.requireNonNull(rs.getObject(column, OffsetDateTime.class))
                .toInstant();
    }

    private static @Nullable Instant optionalInstant(ResultSet rs, String column) throws SQLException {
        OffsetDateTime value = rs.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }
}
