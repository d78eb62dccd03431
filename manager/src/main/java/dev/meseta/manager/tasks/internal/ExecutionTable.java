package dev.meseta.manager.tasks.internal;

import static dev.meseta.manager.tasks.internal.TaskStore.timestamp;

import java.time.Instant;
import java.util.Collection;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The statements on db-scheduler's table that its own API does not offer: they wake and park executions in the same
 * transaction as the task's signal counter, so that no signal falls between the two. Each counts {@code version} up, as
 * the library does. {@code consecutive_failures} above 0 marks an execution that backs off.
 */
final class ExecutionTable {

    /** db-scheduler's name for executions of tasks; the instance is the task's id. */
    static final String TASK_NAME = "meseta-task";

    private static final int PICKED_BY_LENGTH = 50;

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
        boolean wanted = jdbc.sql("SELECT signal, cancel_requested FROM task WHERE id = :id FOR UPDATE")
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

    /** Takes back what an earlier life of the manager of this name had picked. */
    int releaseOwn(String schedulerName, Instant now) {
        return jdbc.sql("""
                        UPDATE scheduled_tasks SET picked = false, picked_by = NULL, last_heartbeat = NULL,
                            execution_time = :now, version = version + 1
                        WHERE picked AND picked_by = :pickedBy
                        """)
                .param("now", timestamp(now))
                .param("pickedBy", schedulerName.substring(0, Math.min(schedulerName.length(), PICKED_BY_LENGTH)))
                .update();
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
