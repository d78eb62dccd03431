package dev.meseta.manager.identity.internal;

import dev.meseta.manager.database.ListQueries;
import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.AccessDirectory.NewRole;
import dev.meseta.manager.identity.AccessDirectory.Role;
import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.Problems;
import dev.meseta.manager.shared.UuidGenerator;
import dev.meseta.manager.shared.query.ListFields;
import dev.meseta.manager.shared.query.ListRequest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Roles as rows; in a transaction of the caller's. */
@Repository
class StoredRoles {

    private static final ListFields FIELDS = DirectoryRows.named("r", "r.description")
            .term("seeded", "CAST(r.seeded AS text)")
            .build();
    private static final String COLUMNS =
            "r.*, ARRAY(SELECT permission FROM role_permission WHERE role_id = r.id) AS permissions";

    private final JdbcClient jdbc;
    private final Access access;
    private final Escalation escalation;
    private final AccessChanges changes;
    private final UuidGenerator ids;
    private final InstantSource clock;

    StoredRoles(
            JdbcClient jdbc,
            Access access,
            Escalation escalation,
            AccessChanges changes,
            UuidGenerator ids,
            InstantSource clock) {
        this.jdbc = jdbc;
        this.access = access;
        this.escalation = escalation;
        this.changes = changes;
        this.ids = ids;
        this.clock = clock;
    }

    Page<Role> roles(ListRequest request) {
        return ListQueries.page(jdbc, request, FIELDS, COLUMNS, "role r", StoredRoles::role);
    }

    Role role(UUID roleId) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM role r WHERE r.id = :id")
                .param("id", roleId)
                .query((row, number) -> role(row))
                .optional()
                .orElseThrow(() -> Problems.notFound("role", roleId));
    }

    Role createRole(NewRole role) {
        changes.begin();
        access.require(Permission.ROLE_MANAGE, ObjectRef.SYSTEM);
        escalation.requireAll(role.permissions(), ObjectRef.SYSTEM);
        UUID id = ids.next();
        int added = jdbc.sql("""
                        INSERT INTO role (id, name, description, created_at) VALUES (:id, :name, :description, :now)
                        ON CONFLICT (name) DO NOTHING""")
                .param("id", id)
                .param("name", role.name())
                .param("description", role.description())
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
        DirectoryRows.requireAdded(added, "role", role.name());
        setPermissions(id, role.permissions());
        Role after = role(id);
        changes.done("role.create", "role", id, after.name(), null, after);
        return after;
    }

    Role changeRole(UUID roleId, NewRole role, long expectedVersion) {
        changes.begin();
        access.require(Permission.ROLE_MANAGE, ObjectRef.SYSTEM);
        Role before = custom(roleId);
        DirectoryRows.requireVersion("role", before.name(), before.version(), expectedVersion);
        // A permission that goes may be one that a grant denies.
        EnumSet<Permission> touched = EnumSet.noneOf(Permission.class);
        for (Permission permission : Permission.values()) {
            if (before.permissions().contains(permission) != role.permissions().contains(permission)) {
                touched.add(permission);
            }
        }
        escalation.requireAll(touched, ObjectRef.SYSTEM);
        int changed = jdbc.sql("""
                        UPDATE role SET name = :name, description = :description, version = version + 1 WHERE id = :id
                        AND NOT EXISTS (SELECT 1 FROM role other WHERE other.name = :name AND other.id <> :id)""")
                .param("name", role.name())
                .param("description", role.description())
                .param("id", roleId)
                .update();
        DirectoryRows.requireAdded(changed, "role", role.name());
        setPermissions(roleId, role.permissions());
        Role after = role(roleId);
        changes.done("role.change", "role", roleId, after.name(), before, after);
        return after;
    }

    void deleteRole(UUID roleId, @Nullable Long expectedVersion) {
        changes.begin();
        access.require(Permission.ROLE_MANAGE, ObjectRef.SYSTEM);
        Role before = custom(roleId);
        DirectoryRows.requireVersion("role", before.name(), before.version(), expectedVersion);
        long used = jdbc.sql("SELECT count(*) FROM access_grant WHERE role_id = :id")
                .param("id", roleId)
                .query(Long.class)
                .single();
        if (used > 0) {
            throw new MesetaException(
                    ErrorCode.OBJECT_IN_USE,
                    "There are %d grants of the role %s. Take them away first.".formatted(used, before.name()));
        }
        jdbc.sql("DELETE FROM role WHERE id = :id").param("id", roleId).update();
        changes.done("role.delete", "role", roleId, before.name(), before, null);
    }

    private Role custom(UUID roleId) {
        Role role = role(roleId);
        if (role.seeded()) {
            throw new MesetaException(
                    ErrorCode.VALIDATION_FAILED,
                    "The role %s comes with every installation and is never changed; make one of your own."
                            .formatted(role.name()));
        }
        return role;
    }

    private void setPermissions(UUID roleId, Set<Permission> permissions) {
        jdbc.sql("DELETE FROM role_permission WHERE role_id = :id")
                .param("id", roleId)
                .update();
        jdbc.sql("INSERT INTO role_permission (role_id, permission) SELECT :id, unnest(:permissions)")
                .param("id", roleId)
                .param(
                        "permissions",
                        GrantRows.names(permissions.stream().filter(permission -> !permission.isOwn())),
                        Types.ARRAY)
                .update();
    }

    private static Role role(ResultSet row) throws SQLException {
        UUID id = DirectoryRows.uuid(row, "id");
        return new Role(
                id,
                row.getString("name"),
                row.getString("description"),
                row.getBoolean("seeded"),
                GrantRows.permissions(id, (String[]) row.getArray("permissions").getArray()),
                row.getLong("version"),
                DirectoryRows.instant(row, "created_at"));
    }
}
