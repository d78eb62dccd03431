package dev.meseta.manager.tasks.internal;

import dev.meseta.manager.database.ListQueries;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListFields;
import dev.meseta.manager.shared.query.ListRequest;
import dev.meseta.manager.tasks.TaskLists;
import dev.meseta.manager.tasks.TaskView;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Lists by SQL. */
final class StoredTaskLists implements TaskLists {

    private static final ListFields FIELDS = ListFields.builder("t.id", ListFields.Type.ID, "-createdAt")
            .freeText("t.kind")
            .freeText("t.target_name")
            .freeText("t.phase")
            .freeText("t.requested_by")
            .freeText("coalesce(t.error_code, '')")
            .freeText("coalesce(t.error_detail, '')")
            .term("state", "t.state")
            .term("kind", "t.kind")
            .term("phase", "t.phase")
            .term("target", "t.target_name", "CAST(t.target_id AS text)")
            .term("targetKind", "t.target_kind")
            .term("requestedBy", "t.requested_by")
            .term("correlationId", "t.correlation_id")
            .term("parent", "coalesce(CAST(t.parent_id AS text), 'none')")
            .term("error", "coalesce(t.error_code, '')")
            .sort("createdAt", "t.created_at", ListFields.Type.TIMESTAMP)
            .sort("updatedAt", "t.updated_at", ListFields.Type.TIMESTAMP)
            .sort("kind", "t.kind", ListFields.Type.TEXT)
            .sort("state", "t.state", ListFields.Type.TEXT)
            .sort("target", "t.target_name", ListFields.Type.TEXT)
            .build();

    private final JdbcClient jdbc;
    private final TaskViews views;
    private final TaskAccess access;

    StoredTaskLists(JdbcClient jdbc, TaskViews views, TaskAccess access) {
        this.access = access;
        this.jdbc = jdbc;
        this.views = views;
    }

    @Override
    public Page<TaskView> list(ListRequest request) {
        Page<TaskRow> rows = ListQueries.page(
                jdbc, request, FIELDS, access.visible(Permission.TASK_READ), "t.*", "task t", TaskStore::row);
        return new Page<>(views.of(rows.items()), rows.nextCursor());
    }

    @Override
    public void requireVisible(UUID taskId) {
        access.require(taskId, Permission.TASK_READ);
    }

    @Override
    public Map<UUID, UUID> unfinished(Collection<UUID> targetIds) {
        Map<UUID, UUID> found = new HashMap<>();
        if (!targetIds.isEmpty()) {
            jdbc.sql("""
                            SELECT target_id, id FROM task
                            WHERE target_id IN (:targets) AND exclusive AND state IN ('PENDING', 'RUNNING')
                            """).param("targets", targetIds).query(rs -> {
                found.put(rs.getObject("target_id", UUID.class), rs.getObject("id", UUID.class));
            });
        }
        return found;
    }
}
