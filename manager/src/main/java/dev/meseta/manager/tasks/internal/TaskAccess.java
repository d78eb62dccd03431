package dev.meseta.manager.tasks.internal;

import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.Problems;
import dev.meseta.manager.shared.query.SqlFilter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Whose tasks are whose: one belongs to whoever asked for it, and to whoever holds the permission on its target. */
final class TaskAccess {

    private final JdbcClient jdbc;
    private final Access access;

    TaskAccess(JdbcClient jdbc, Access access) {
        this.jdbc = jdbc;
        this.access = access;
    }

    /** On rows of {@code task t}. */
    SqlFilter visible(Permission permission) {
        SqlFilter about = access.about(permission, "t.target_kind", "t.target_id");
        UUID actor = Access.actorId();
        if (about.condition().isEmpty() || actor == null) {
            return SqlFilter.ALL;
        }
        Map<String, Object> parameters = new LinkedHashMap<>(about.parameters());
        parameters.put("actor", actor);
        return new SqlFilter("t.requested_by_id = :actor OR " + about.condition(), parameters);
    }

    /** @throws MesetaException NOT_FOUND when the actor may not see it, FORBIDDEN when they may */
    void require(UUID taskId, Permission permission) {
        if (is(taskId, permission)) {
            return;
        }
        if (permission == Permission.TASK_READ || !is(taskId, Permission.TASK_READ)) {
            throw Problems.notFound("task", taskId);
        }
        throw new MesetaException(
                ErrorCode.FORBIDDEN,
                "You need the permission %s (%s) on what the task works on."
                        .formatted(permission, permission.sentence()));
    }

    private boolean is(UUID taskId, Permission permission) {
        SqlFilter filter = visible(permission);
        return filter.condition().isEmpty()
                || jdbc.sql("SELECT count(*) FROM task t WHERE t.id = :id" + filter.and())
                                .param("id", taskId)
                                .params(filter.parameters())
                                .query(Long.class)
                                .single()
                        == 1;
    }
}
