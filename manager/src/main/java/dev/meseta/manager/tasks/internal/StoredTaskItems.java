package dev.meseta.manager.tasks.internal;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.tasks.TaskItem;
import dev.meseta.manager.tasks.TaskItems;
import dev.meseta.manager.tasks.TaskView;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Parts of tasks as rows. */
final class StoredTaskItems implements TaskItems {

    private static final String STATE = """
            CASE WHEN c.id IS NOT NULL THEN CASE WHEN c.state = 'PENDING' THEN 'RUNNING' ELSE c.state END
                WHEN i.refused_code = 'CANCELLED' THEN 'CANCELLED'
                WHEN i.refused_code IS NOT NULL THEN 'REFUSED'
                ELSE 'WAITING' END""";
    private static final String ITEMS =
            "SELECT i.number, i.target_id, i.target_name, t.target_kind, i.child_id, " + STATE
                    + " AS state, coalesce(i.refused_code, c.error_code) AS code,"
                    + " coalesce(i.refused_detail, c.error_detail) AS detail"
                    + " FROM task_item i JOIN task t ON t.id = i.task_id LEFT JOIN task c ON c.id = i.child_id"
                    + " WHERE i.task_id = :task";
    private static final String NOT_BEGUN = "child_id IS NULL AND refused_code IS NULL";

    private final JdbcClient jdbc;
    private final TransactionTemplate transactions;
    private final Consumer<UUID> cancel;

    /** @param cancel asks one task to stop */
    StoredTaskItems(JdbcClient jdbc, TransactionTemplate transactions, Consumer<UUID> cancel) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.cancel = cancel;
    }

    @Override
    public void add(UUID taskId, List<Draft> drafts) {
        for (int number = 1; number <= drafts.size(); number++) {
            Draft draft = drafts.get(number - 1);
            MesetaException refusal = draft.refusal();
            jdbc.sql("""
                            INSERT INTO task_item (task_id, number, target_id, target_name, refused_code, refused_detail)
                            VALUES (:task, :number, :target, :name, CAST(:code AS text), CAST(:detail AS text))""")
                    .param("task", taskId)
                    .param("number", number)
                    .param("target", draft.targetId())
                    .param("name", draft.targetName())
                    .param("code", refusal == null ? null : refusal.code().name())
                    .param("detail", refusal == null ? null : refusal.getMessage())
                    .update();
        }
    }

    @Override
    public List<TaskItem> waiting(UUID taskId, int atMost) {
        return jdbc.sql(ITEMS + " AND " + NOT_BEGUN + " ORDER BY i.number LIMIT :most")
                .param("task", taskId)
                .param("most", atMost)
                .query((row, n) -> item(row))
                .list();
    }

    @Override
    public void begin(UUID taskId, TaskItem item, Supplier<TaskView> submission) {
        try {
            transactions.executeWithoutResult(status -> {
                boolean mine = jdbc.sql("SELECT number FROM task_item WHERE task_id = :task AND number = :number AND "
                                + NOT_BEGUN + " FOR UPDATE")
                        .param("task", taskId)
                        .param("number", item.number())
                        .query(Integer.class)
                        .optional()
                        .isPresent();
                if (mine) {
                    link(taskId, item.number(), submission.get().id());
                }
            });
        } catch (MesetaException e) {
            refuse(" AND number = :number", taskId, item.number(), e.code(), e.getMessage());
        }
    }

    private void link(UUID taskId, int number, UUID childId) {
        jdbc.sql("UPDATE task SET parent_id = :task WHERE id = :child")
                .param("task", taskId)
                .param("child", childId)
                .update();
        jdbc.sql("UPDATE task_item SET child_id = :child WHERE task_id = :task AND number = :number")
                .param("child", childId)
                .param("task", taskId)
                .param("number", number)
                .update();
    }

    @Override
    public void refuseWaiting(UUID taskId, ErrorCode code, String detail) {
        refuse("", taskId, 0, code, detail);
    }

    private void refuse(String which, UUID taskId, int number, ErrorCode code, @Nullable String detail) {
        jdbc.sql("UPDATE task_item SET refused_code = :code, refused_detail = :detail WHERE task_id = :task AND "
                        + NOT_BEGUN + which)
                .param("code", code.name())
                .param("detail", detail == null ? "" : detail)
                .param("task", taskId)
                .param("number", number)
                .update();
    }

    @Override
    public void cancelRunning(UUID taskId) {
        jdbc.sql("SELECT c.id FROM task_item i JOIN task c ON c.id = i.child_id WHERE i.task_id = :task"
                        + " AND c.state IN ('PENDING', 'RUNNING') AND NOT c.cancel_requested ORDER BY i.number")
                .param("task", taskId)
                .query(UUID.class)
                .list()
                .forEach(cancel);
    }

    @Override
    public Counts counts(UUID taskId) {
        return jdbc.sql("SELECT count(*) AS total, count(*) FILTER (WHERE s = 'WAITING') AS waiting,"
                        + " count(*) FILTER (WHERE s = 'RUNNING') AS running,"
                        + " count(*) FILTER (WHERE s = 'SUCCEEDED') AS succeeded,"
                        + " count(*) FILTER (WHERE s = 'FAILED') AS failed,"
                        + " count(*) FILTER (WHERE s = 'CANCELLED') AS cancelled,"
                        + " count(*) FILTER (WHERE s = 'REFUSED') AS refused"
                        + " FROM (SELECT " + STATE + " AS s FROM task_item i LEFT JOIN task c ON c.id = i.child_id"
                        + " WHERE i.task_id = :task) states")
                .param("task", taskId)
                .query((row, n) -> new Counts(
                        row.getInt("total"),
                        row.getInt("waiting"),
                        row.getInt("running"),
                        row.getInt("succeeded"),
                        row.getInt("failed"),
                        row.getInt("cancelled"),
                        row.getInt("refused")))
                .single();
    }

    @Override
    public List<TaskItem> of(UUID taskId) {
        return jdbc.sql(ITEMS + " ORDER BY i.number")
                .param("task", taskId)
                .query((row, n) -> item(row))
                .list();
    }

    private static TaskItem item(ResultSet row) throws SQLException {
        String code = row.getString("code");
        String detail = row.getString("detail");
        return new TaskItem(
                row.getInt("number"),
                new TaskView.Target(
                        Objects.requireNonNull(row.getString("target_kind")),
                        Objects.requireNonNull(row.getObject("target_id", UUID.class)),
                        Objects.requireNonNull(row.getString("target_name"))),
                TaskItem.State.valueOf(Objects.requireNonNull(row.getString("state"))),
                row.getObject("child_id", UUID.class),
                code == null ? null : new TaskView.TaskError(code, detail == null ? "" : detail));
    }
}
