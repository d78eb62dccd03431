package dev.meseta.manager.tasks.internal;

import static dev.meseta.manager.tasks.internal.TaskStore.timestamp;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The statements on db-scheduler's table that its own API does not offer: they wake and park executions in the same
 * transaction as the task's signal counter, so that no signal falls between the two. Each counts {@code version} up, as
 * the library does. {@code consecutive_failures} above 0 marks an execution that backs off.
 */
final class ExecutionTable {

    /** db-scheduler's name for executions of tasks; the instance is the task's id. */
    static final String TASK_NAME = "meseta-task";

    private final JdbcClient jdbc;

    ExecutionTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void insert(UUID taskId, Instant at) {
        jdbc.sql("""
                        INSERT INTO scheduled_tasks (task_name, task_instance, execution_time, picked, version)
                        VALUES (:name, :instance, :at, false, 1) ON CONFLICT DO NOTHING
                        """)
                .param("name", TASK_NAME)
                .param("instance", taskId.toString())
                .param("at", timestamp(at))
                .update();
    }

    /** Makes waiting executions due; those that back off only when asked. */
    void wake(Collection<UUID> taskIds, boolean backingOffToo, Instant now) {
        jdbc.sql("UPDATE scheduled_tasks SET execution_time = :now, version = version + 1"
                        + " WHERE task_name = :name AND task_instance IN (:instances) AND NOT picked"
                        + " AND execution_time > :now"
                        + (backingOffToo ? "" : " AND coalesce(consecutive_failures, 0) = 0"))
                .param("now", timestamp(now))
                .param("name", TASK_NAME)
                .param("instances", taskIds.stream().map(UUID::toString).toList())
                .update();
    }

    /**
     * Lets go of a picked execution until a moment, unless the task has been signalled since the step looked.
     *
     * @param executionVersion as it was picked
     * @return when it is due
     */
    Instant park(UUID taskId, long executionVersion, Park park, int failures, Instant now) {
        boolean wanted = jdbc.sql("SELECT signal, cancel_requested FROM task WHERE id = :id FOR NO KEY UPDATE")
                .param("id", taskId)
                .query((rs, n) -> {
                    boolean signalled = rs.getLong("signal") != park.signalSeen();
                    boolean cancelled = rs.getBoolean("cancel_requested") && !park.cancelSeen();
                    return cancelled || (signalled && !park.backingOff());
                })
                .optional()
                .orElse(true);
        Instant due = wanted || park.until().isBefore(now) ? now : park.until();
        jdbc.sql("""
                        UPDATE scheduled_tasks SET picked = false, picked_by = NULL, last_heartbeat = NULL,
                            last_success = :now, consecutive_failures = :failures, execution_time = :due,
                            version = version + 1
                        WHERE task_name = :name AND task_instance = :instance AND version = :version
                        """)
                .param("now", timestamp(now))
                .param("failures", failures)
                .param("due", timestamp(due))
                .param("name", TASK_NAME)
                .param("instance", taskId.toString())
                .param("version", executionVersion)
                .update();
        return due;
    }

    /** Lets go of an execution at once, if nobody has taken it. */
    void letGo(UUID taskId, long executionVersion, Instant now) {
        jdbc.sql("""
                        UPDATE scheduled_tasks SET picked = false, picked_by = NULL, last_heartbeat = NULL,
                            execution_time = :now, version = version + 1
                        WHERE task_name = :name AND task_instance = :instance AND version = :version
                        """)
                .param("now", timestamp(now))
                .param("name", TASK_NAME)
                .param("instance", taskId.toString())
                .param("version", executionVersion)
                .update();
    }

    /** Takes what lives of managers that are over had picked. To be called in a transaction. */
    int releaseOf(Collection<String> lives, Instant now) {
        return release("picked AND picked_by IN (:lives)", Map.of("lives", lives), now);
    }

    /** Takes back what this life has picked and nobody works on. To be called in a transaction. */
    int releaseForgotten(String life, Instant heartbeatBefore, Instant now) {
        return release(
                "picked AND picked_by = :life AND last_heartbeat < :before",
                Map.of("life", life, "before", timestamp(heartbeatBefore)),
                now);
    }

    /**
     * The versions of the tasks count up with it: whoever had picked them, and wakes, can commit nothing any more. Locks
     * tasks first, as parking and signalling do.
     */
    private int release(String which, Map<String, Object> parameters, Instant now) {
        List<String> instances = strings(jdbc.sql("SELECT task_instance FROM scheduled_tasks WHERE " + which)
                .params(parameters)
                .query(String.class)
                .list());
        if (instances.isEmpty()) {
            return 0;
        }
        lock(instances);
        List<String> released = strings(jdbc.sql("UPDATE scheduled_tasks SET picked = false, picked_by = NULL,"
                        + " last_heartbeat = NULL, execution_time = :now, version = version + 1 WHERE "
                        + which + " AND task_instance IN (:instances) RETURNING task_instance")
                .params(parameters)
                .param("now", timestamp(now))
                .param("instances", instances)
                .query(String.class)
                .list());
        countVersions(released);
        return released.size();
    }

    private void lock(Collection<String> instances) {
        List<UUID> ids = taskIds(instances);
        if (!ids.isEmpty()) {
            jdbc.sql("SELECT id FROM task WHERE id IN (:ids) ORDER BY id FOR NO KEY UPDATE")
                    .param("ids", ids)
                    .query(UUID.class)
                    .list();
        }
    }

    /** Makes what anybody has read of these tasks out of date. */
    void countVersions(Collection<String> instances) {
        List<UUID> ids = taskIds(instances);
        if (!ids.isEmpty()) {
            jdbc.sql("UPDATE task SET version = version + 1 WHERE id IN (:ids)")
                    .param("ids", ids)
                    .update();
        }
    }

    private static List<String> strings(List<@Nullable String> column) {
        return column.stream().map(Objects::requireNonNull).toList();
    }

    private static List<UUID> taskIds(Collection<String> instances) {
        return instances.stream().flatMap(text -> idOf(text).stream()).toList();
    }

    /** Empty: an execution of something else than a task. */
    private static Optional<UUID> idOf(String instance) {
        try {
            return Optional.of(UUID.fromString(instance));
        } catch (IllegalArgumentException recurring) {
            return Optional.empty();
        }
    }

    /** Makes every waiting execution due: while nobody ran, signals may have been lost. */
    int wakeAll(Instant now) {
        return jdbc.sql("""
                        UPDATE scheduled_tasks SET execution_time = :now, version = version + 1
                        WHERE task_name = :name AND NOT picked AND execution_time > :now
                            AND coalesce(consecutive_failures, 0) = 0
                        """)
                .param("now", timestamp(now))
                .param("name", TASK_NAME)
                .update();
    }

    /** Gives every unfinished task an execution that has none. */
    int insertMissing(Instant now) {
        return jdbc.sql("""
                        INSERT INTO scheduled_tasks (task_name, task_instance, execution_time, picked, version)
                        SELECT :name, t.id::text, :now, false, 1 FROM task t
                        WHERE t.state IN ('PENDING', 'RUNNING') AND NOT EXISTS (
                            SELECT FROM scheduled_tasks s WHERE s.task_name = :name AND s.task_instance = t.id::text)
                        ON CONFLICT DO NOTHING
                        """)
                .param("name", TASK_NAME)
                .param("now", timestamp(now))
                .update();
    }

    /**
     * @param until when to run again at the latest
     * @param backingOff only a cancel cuts it short
     */
    record Park(Instant until, boolean backingOff, long signalSeen, boolean cancelSeen) {}
}
