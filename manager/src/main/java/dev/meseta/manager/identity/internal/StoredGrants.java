package dev.meseta.manager.identity.internal;

import dev.meseta.manager.database.ListQueries;
import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.AccessDirectory.Grant;
import dev.meseta.manager.identity.AccessDirectory.Group;
import dev.meseta.manager.identity.AccessDirectory.NewGrant;
import dev.meseta.manager.identity.AccessDirectory.Role;
import dev.meseta.manager.identity.AccessDirectory.User;
import dev.meseta.manager.identity.AccessGrant.Effect;
import dev.meseta.manager.identity.Lineage;
import dev.meseta.manager.identity.ObjectKind;
import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.Problems;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.shared.UuidGenerator;
import dev.meseta.manager.shared.query.ListFields;
import dev.meseta.manager.shared.query.ListRequest;
import dev.meseta.manager.shared.query.SqlFilter;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Grants as rows; in a transaction of the caller's. */
@Repository
class StoredGrants {

    private static final ListFields FIELDS = ListFields.builder("g.id", ListFields.Type.ID, "-createdAt")
            .freeText("r.name")
            .freeText("coalesce(u.name, p.name, 'everyone')")
            .term("user", "coalesce(u.name, '')", "CAST(g.user_id AS text)")
            .term("group", "coalesce(p.name, '')", "CAST(g.group_id AS text)")
            .term("role", "r.name")
            .term("scope", "CAST(g.scope_id AS text)")
            .term("kind", "g.scope_kind")
            .term("effect", "g.effect")
            .term("tag", "g.tag")
            .sort("createdAt", "g.created_at", ListFields.Type.TIMESTAMP)
            .sort("role", "r.name", ListFields.Type.TEXT)
            .build();

    private static final String COLUMNS =
            "g.*, r.name AS role_name, coalesce(u.name, p.name, 'everyone') AS principal_name";
    private static final String TABLES = "access_grant g JOIN role r ON r.id = g.role_id"
            + " LEFT JOIN user_account u ON u.id = g.user_id LEFT JOIN user_group p ON p.id = g.group_id";

    private final JdbcClient jdbc;
    private final Access access;
    private final Escalation escalation;
    private final AccessChanges changes;
    private final StoredUsers users;
    private final StoredGroups groups;
    private final StoredRoles roles;
    private final ObjectTree tree;
    private final UuidGenerator ids;
    private final InstantSource clock;

    StoredGrants(
            JdbcClient jdbc,
            Access access,
            Escalation escalation,
            AccessChanges changes,
            StoredUsers users,
            StoredGroups groups,
            StoredRoles roles,
            ObjectTree tree,
            UuidGenerator ids,
            InstantSource clock) {
        this.jdbc = jdbc;
        this.access = access;
        this.escalation = escalation;
        this.changes = changes;
        this.users = users;
        this.groups = groups;
        this.roles = roles;
        this.tree = tree;
        this.ids = ids;
        this.clock = clock;
    }

    Page<Grant> grants(ListRequest request) {
        SqlFilter visible = access.about(Permission.GRANT_READ, "lower(g.scope_kind)", "g.scope_id");
        return ListQueries.page(jdbc, request, FIELDS, visible, COLUMNS, TABLES, this::grant);
    }

    private boolean isVisible(Grant grant) {
        return access.allows(Permission.GRANT_READ, new ObjectRef(grant.scopeKind(), grant.scopeId()));
    }

    Grant grant(UUID grantId) {
        Grant grant = find(grantId);
        if (!isVisible(grant)) {
            throw Problems.notFound("grant", grantId);
        }
        return grant;
    }

    private Grant find(UUID grantId) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM " + TABLES + " WHERE g.id = :id")
                .param("id", grantId)
                .query((row, number) -> grant(row))
                .optional()
                .orElseThrow(() -> Problems.notFound("grant", grantId));
    }

    Grant createGrant(NewGrant grant) {
        changes.begin();
        access.require(Permission.GRANT_MANAGE, grant.scope());
        if (tree.lineage(grant.scope()).isEmpty()) {
            throw Problems.notFound(grant.scope().kind().words(), grant.scope().id());
        }
        Role role = roles.role(grant.roleId());
        UUID userId = grant.userId();
        UUID groupId = grant.groupId();
        if (userId != null) {
            User unused = users.user(userId);
        }
        if (groupId != null) {
            Group unused = groups.group(groupId);
        }
        if (grant.effect() == Effect.ALLOW) {
            escalation.requireAll(role.permissions(), grant.scope());
        }
        UUID id = ids.next();
        int added = jdbc.sql("""
                        INSERT INTO access_grant (id, user_id, group_id, role_id, scope_kind, scope_id, effect, tag,
                            created_by, created_at)
                        VALUES (:id, CAST(:user AS uuid), CAST(:group AS uuid), :role, :kind, :scope, :effect, :tag,
                            :by, :now)
                        ON CONFLICT DO NOTHING""")
                .param("id", id)
                .param("user", userId)
                .param("group", groupId)
                .param("role", role.id())
                .param("kind", grant.scope().kind().name())
                .param("scope", grant.scope().id())
                .param("effect", grant.effect().name())
                .param("tag", grant.tag())
                .param(
                        "by",
                        RequestContext.current().map(RequestContext::principal).orElse("system"))
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
        if (added == 0) {
            throw new MesetaException(
                    ErrorCode.NAME_TAKEN, "There is this grant of the role %s already.".formatted(role.name()));
        }
        Grant after = find(id);
        changes.done("grant.create", "grant", id, after.roleName() + " to " + after.principalName(), null, after);
        return after;
    }

    void deleteGrant(UUID grantId) {
        Grant before = grant(grantId);
        ObjectRef scope = new ObjectRef(before.scopeKind(), before.scopeId());
        changes.begin();
        access.require(Permission.GRANT_MANAGE, scope);
        if (before.effect() == Effect.DENY) {
            // To take a denial away is to give.
            escalation.requireAll(roles.role(before.roleId()).permissions(), scope);
        }
        jdbc.sql("DELETE FROM access_grant WHERE id = :id").param("id", grantId).update();
        changes.done(
                "grant.delete", "grant", grantId, before.roleName() + " to " + before.principalName(), before, null);
    }

    private Grant grant(ResultSet row) throws SQLException {
        ObjectRef scope =
                new ObjectRef(ObjectKind.valueOf(row.getString("scope_kind")), DirectoryRows.uuid(row, "scope_id"));
        OffsetDateTime used = row.getObject("used_at", OffsetDateTime.class);
        return new Grant(
                DirectoryRows.uuid(row, "id"),
                row.getObject("user_id", UUID.class),
                row.getObject("group_id", UUID.class),
                row.getString("principal_name"),
                DirectoryRows.uuid(row, "role_id"),
                row.getString("role_name"),
                scope.kind(),
                scope.id(),
                tree.lineage(scope).map(Lineage::object).map(Lineage.Node::name).orElse(""),
                Effect.valueOf(row.getString("effect")),
                row.getString("tag"),
                row.getString("created_by"),
                DirectoryRows.instant(row, "created_at"),
                used == null ? null : used.toInstant());
    }
}
