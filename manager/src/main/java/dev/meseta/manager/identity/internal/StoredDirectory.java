package dev.meseta.manager.identity.internal;

import dev.meseta.manager.database.ListQueries;
import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.AccessDirectory;
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
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Users, groups, roles and grants as rows. */
@Service
@Transactional
class StoredDirectory implements AccessDirectory {

    private static final ListFields USERS = named("u", "u.display_name");
    private static final ListFields GROUPS = named("g", "g.description");
    private static final ListFields ROLES = named("r", "r.description");
    private static final ListFields GRANTS = ListFields.builder("g.id", ListFields.Type.ID, "-createdAt")
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

    private static final String USER_COLUMNS =
            "u.*, ARRAY(SELECT group_id FROM group_member WHERE user_id = u.id ORDER BY group_id) AS group_ids";
    private static final String GROUP_COLUMNS =
            "g.*, ARRAY(SELECT user_id FROM group_member WHERE group_id = g.id ORDER BY user_id) AS member_ids";
    private static final String ROLE_COLUMNS =
            "r.*, ARRAY(SELECT permission FROM role_permission WHERE role_id = r.id) AS permissions";
    private static final String GRANT_COLUMNS =
            "g.*, r.name AS role_name, coalesce(u.name, p.name, 'everyone') AS principal_name";
    private static final String GRANT_TABLES = "access_grant g JOIN role r ON r.id = g.role_id"
            + " LEFT JOIN user_account u ON u.id = g.user_id LEFT JOIN user_group p ON p.id = g.group_id";

    private static ListFields named(String table, String text) {
        return ListFields.builder(table + ".id", ListFields.Type.ID, "name")
                .freeText(table + ".name")
                .freeText(text)
                .term("name", table + ".name")
                .sort("name", table + ".name", ListFields.Type.TEXT)
                .sort("createdAt", table + ".created_at", ListFields.Type.TIMESTAMP)
                .build();
    }

    private final JdbcClient jdbc;
    private final Access access;
    private final Escalation escalation;
    private final AccessChanges changes;
    private final GrantRows grantRows;
    private final ObjectTree tree;
    private final ConfiguredIssuer provider;
    private final PasswordEncoder passwords;
    private final UuidGenerator ids;
    private final InstantSource clock;

    StoredDirectory(
            JdbcClient jdbc,
            Access access,
            Escalation escalation,
            AccessChanges changes,
            GrantRows grantRows,
            ObjectTree tree,
            ConfiguredIssuer provider,
            PasswordEncoder passwords,
            UuidGenerator ids,
            InstantSource clock) {
        this.jdbc = jdbc;
        this.access = access;
        this.escalation = escalation;
        this.changes = changes;
        this.grantRows = grantRows;
        this.tree = tree;
        this.provider = provider;
        this.passwords = passwords;
        this.ids = ids;
        this.clock = clock;
    }

    @Override
    public Page<User> users(ListRequest request) {
        return ListQueries.page(jdbc, request, USERS, USER_COLUMNS, "user_account u", StoredDirectory::user);
    }

    @Override
    public User user(UUID userId) {
        return jdbc.sql("SELECT " + USER_COLUMNS + " FROM user_account u WHERE u.id = :id")
                .param("id", userId)
                .query((row, number) -> user(row))
                .optional()
                .orElseThrow(() -> Problems.notFound("user", userId));
    }

    @Override
    public User createUser(NewUser user) {
        access.require(Permission.USER_MANAGE, ObjectRef.SYSTEM);
        changes.begin();
        UUID id = ids.next();
        int added = jdbc.sql("""
                        INSERT INTO user_account (id, name, display_name, password_hash, created_at)
                        VALUES (:id, :name, :displayName, :hash, :now) ON CONFLICT (name) DO NOTHING""")
                .param("id", id)
                .param("name", user.name())
                .param("displayName", user.displayName())
                .param("hash", passwords.encode(user.password()))
                .param("now", now())
                .update();
        requireAdded(added, "user", user.name());
        User after = user(id);
        changes.done("user.create", "user", id, after.name(), null, after);
        return after;
    }

    @Override
    public void deleteUser(UUID userId, @Nullable Long expectedVersion) {
        access.require(Permission.USER_MANAGE, ObjectRef.SYSTEM);
        changes.begin();
        User before = user(userId);
        requireVersion("user", before.name(), before.version(), expectedVersion);
        // Whoever could do less would be rid of somebody who can do more.
        escalation.requireAll(grantRows.of(userId));
        jdbc.sql("DELETE FROM user_account WHERE id = :id").param("id", userId).update();
        // Answers are kept by name, and a name may be given again.
        jdbc.sql("DELETE FROM idempotent_request WHERE principal = :name")
                .param("name", before.name())
                .update();
        changes.done("user.delete", "user", userId, before.name(), before, null);
    }

    @Override
    public Page<Group> groups(ListRequest request) {
        return ListQueries.page(jdbc, request, GROUPS, GROUP_COLUMNS, "user_group g", StoredDirectory::group);
    }

    @Override
    public Group group(UUID groupId) {
        return jdbc.sql("SELECT " + GROUP_COLUMNS + " FROM user_group g WHERE g.id = :id")
                .param("id", groupId)
                .query((row, number) -> group(row))
                .optional()
                .orElseThrow(() -> Problems.notFound("group", groupId));
    }

    @Override
    public Group createGroup(NewGroup group) {
        access.require(Permission.GROUP_MANAGE, ObjectRef.SYSTEM);
        changes.begin();
        UUID id = ids.next();
        int added = jdbc.sql("""
                        INSERT INTO user_group (id, name, description, external_id, external_issuer, created_at)
                        VALUES (:id, :name, :description, CAST(:externalId AS text), CAST(:issuer AS text), :now)
                        ON CONFLICT DO NOTHING""")
                .param("id", id)
                .param("name", group.name())
                .param("description", group.description())
                .param("externalId", group.externalId())
                .param("issuer", group.externalId() == null ? null : provider.required())
                .param("now", now())
                .update();
        requireAdded(added, "group", group.name());
        Group after = group(id);
        changes.done("group.create", "group", id, after.name(), null, after);
        return after;
    }

    @Override
    public void deleteGroup(UUID groupId, @Nullable Long expectedVersion) {
        access.require(Permission.GROUP_MANAGE, ObjectRef.SYSTEM);
        changes.begin();
        Group before = group(groupId);
        requireVersion("group", before.name(), before.version(), expectedVersion);
        escalation.requireAll(grantRows.ofGroup(groupId));
        jdbc.sql("DELETE FROM user_group WHERE id = :id").param("id", groupId).update();
        changes.done("group.delete", "group", groupId, before.name(), before, null);
    }

    @Override
    public Group setMembers(UUID groupId, Set<UUID> userIds, long expectedVersion) {
        access.require(Permission.GROUP_MANAGE, ObjectRef.SYSTEM);
        changes.begin();
        Group before = group(groupId);
        requireVersion("group", before.name(), before.version(), expectedVersion);
        if (before.externalId() != null) {
            throw new MesetaException(
                    ErrorCode.VALIDATION_FAILED,
                    "Who is in the group %s is said by the identity provider; change it there."
                            .formatted(before.name()));
        }
        escalation.requireAll(grantRows.ofGroup(groupId));
        userIds.forEach(this::user);
        jdbc.sql("DELETE FROM group_member WHERE group_id = :id")
                .param("id", groupId)
                .update();
        for (UUID userId : userIds) {
            jdbc.sql("INSERT INTO group_member (group_id, user_id) VALUES (:group, :user)")
                    .param("group", groupId)
                    .param("user", userId)
                    .update();
        }
        jdbc.sql("UPDATE user_group SET version = version + 1 WHERE id = :id")
                .param("id", groupId)
                .update();
        Group after = group(groupId);
        changes.done("group.members", "group", groupId, after.name(), before, after);
        return after;
    }

    @Override
    public Page<Role> roles(ListRequest request) {
        return ListQueries.page(jdbc, request, ROLES, ROLE_COLUMNS, "role r", StoredDirectory::role);
    }

    @Override
    public Role role(UUID roleId) {
        return jdbc.sql("SELECT " + ROLE_COLUMNS + " FROM role r WHERE r.id = :id")
                .param("id", roleId)
                .query((row, number) -> role(row))
                .optional()
                .orElseThrow(() -> Problems.notFound("role", roleId));
    }

    @Override
    public Role createRole(NewRole role) {
        access.require(Permission.ROLE_MANAGE, ObjectRef.SYSTEM);
        changes.begin();
        escalation.requireAll(role.permissions(), ObjectRef.SYSTEM);
        UUID id = ids.next();
        int added = jdbc.sql("""
                        INSERT INTO role (id, name, description, created_at) VALUES (:id, :name, :description, :now)
                        ON CONFLICT (name) DO NOTHING""")
                .param("id", id)
                .param("name", role.name())
                .param("description", role.description())
                .param("now", now())
                .update();
        requireAdded(added, "role", role.name());
        setPermissions(id, role.permissions());
        Role after = role(id);
        changes.done("role.create", "role", id, after.name(), null, after);
        return after;
    }

    @Override
    public Role changeRole(UUID roleId, NewRole role, long expectedVersion) {
        access.require(Permission.ROLE_MANAGE, ObjectRef.SYSTEM);
        changes.begin();
        Role before = custom(roleId);
        requireVersion("role", before.name(), before.version(), expectedVersion);
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
        requireAdded(changed, "role", role.name());
        setPermissions(roleId, role.permissions());
        Role after = role(roleId);
        changes.done("role.change", "role", roleId, after.name(), before, after);
        return after;
    }

    @Override
    public void deleteRole(UUID roleId, @Nullable Long expectedVersion) {
        access.require(Permission.ROLE_MANAGE, ObjectRef.SYSTEM);
        changes.begin();
        Role before = custom(roleId);
        requireVersion("role", before.name(), before.version(), expectedVersion);
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

    @Override
    public Page<Grant> grants(ListRequest request) {
        boolean all = access.isAllowedEverywhere(Permission.GRANT_READ);
        Page<Grant> page = ListQueries.page(jdbc, request, GRANTS, GRANT_COLUMNS, GRANT_TABLES, this::grant);
        return all
                ? page
                : new Page<>(page.items().stream().filter(this::isVisible).toList(), page.nextCursor());
    }

    private boolean isVisible(Grant grant) {
        return access.allows(Permission.GRANT_READ, new ObjectRef(grant.scopeKind(), grant.scopeId()));
    }

    @Override
    public Grant grant(UUID grantId) {
        Grant grant = find(grantId);
        if (!isVisible(grant)) {
            throw Problems.notFound("grant", grantId);
        }
        return grant;
    }

    private Grant find(UUID grantId) {
        return jdbc.sql("SELECT " + GRANT_COLUMNS + " FROM " + GRANT_TABLES + " WHERE g.id = :id")
                .param("id", grantId)
                .query((row, number) -> grant(row))
                .optional()
                .orElseThrow(() -> Problems.notFound("grant", grantId));
    }

    @Override
    public Grant createGrant(NewGrant grant) {
        access.require(Permission.GRANT_MANAGE, grant.scope());
        changes.begin();
        if (tree.lineage(grant.scope()).isEmpty()) {
            throw Problems.notFound(grant.scope().kind().words(), grant.scope().id());
        }
        Role role = role(grant.roleId());
        UUID userId = grant.userId();
        UUID groupId = grant.groupId();
        if (userId != null) {
            user(userId);
        }
        if (groupId != null) {
            group(groupId);
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
                .param("now", now())
                .update();
        if (added == 0) {
            throw new MesetaException(
                    ErrorCode.NAME_TAKEN, "There is this grant of the role %s already.".formatted(role.name()));
        }
        Grant after = find(id);
        changes.done("grant.create", "grant", id, after.roleName() + " to " + after.principalName(), null, after);
        return after;
    }

    @Override
    public void deleteGrant(UUID grantId) {
        Grant before = grant(grantId);
        ObjectRef scope = new ObjectRef(before.scopeKind(), before.scopeId());
        access.require(Permission.GRANT_MANAGE, scope);
        changes.begin();
        if (before.effect() == Effect.DENY) {
            // To take a denial away is to give.
            escalation.requireAll(role(before.roleId()).permissions(), scope);
        }
        jdbc.sql("DELETE FROM access_grant WHERE id = :id").param("id", grantId).update();
        changes.done(
                "grant.delete", "grant", grantId, before.roleName() + " to " + before.principalName(), before, null);
    }

    private static void requireAdded(int rows, String kind, String name) {
        if (rows == 0) {
            throw new MesetaException(
                    ErrorCode.NAME_TAKEN, "There is a %s named %s already. Choose another name.".formatted(kind, name));
        }
    }

    private static void requireVersion(String kind, String name, long actual, @Nullable Long expected) {
        if (expected != null && expected != actual) {
            throw new MesetaException(
                    ErrorCode.STALE_VERSION,
                    "The %s %s has version %d and not %d: somebody changed it. Read it again and repeat the change."
                            .formatted(kind, name, actual, expected));
        }
    }

    private OffsetDateTime now() {
        return clock.instant().atOffset(ZoneOffset.UTC);
    }

    private static User user(ResultSet row) throws SQLException {
        return new User(
                uuid(row, "id"),
                row.getString("name"),
                row.getString("display_name"),
                uuids(row, "group_ids"),
                row.getLong("version"),
                instant(row, "created_at"));
    }

    private static Group group(ResultSet row) throws SQLException {
        return new Group(
                uuid(row, "id"),
                row.getString("name"),
                row.getString("description"),
                row.getString("external_id"),
                uuids(row, "member_ids"),
                row.getLong("version"),
                instant(row, "created_at"));
    }

    private static Role role(ResultSet row) throws SQLException {
        UUID id = uuid(row, "id");
        return new Role(
                id,
                row.getString("name"),
                row.getString("description"),
                row.getBoolean("seeded"),
                GrantRows.permissions(id, (String[]) row.getArray("permissions").getArray()),
                row.getLong("version"),
                instant(row, "created_at"));
    }

    private Grant grant(ResultSet row) throws SQLException {
        ObjectRef scope = new ObjectRef(ObjectKind.valueOf(row.getString("scope_kind")), uuid(row, "scope_id"));
        OffsetDateTime used = row.getObject("used_at", OffsetDateTime.class);
        return new Grant(
                uuid(row, "id"),
                row.getObject("user_id", UUID.class),
                row.getObject("group_id", UUID.class),
                row.getString("principal_name"),
                uuid(row, "role_id"),
                row.getString("role_name"),
                scope.kind(),
                scope.id(),
                tree.lineage(scope).map(Lineage::object).map(Lineage.Node::name).orElse(""),
                Effect.valueOf(row.getString("effect")),
                row.getString("tag"),
                row.getString("created_by"),
                instant(row, "created_at"),
                used == null ? null : used.toInstant());
    }

    private static UUID uuid(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(row.getObject(column, UUID.class), column);
    }

    private static List<UUID> uuids(ResultSet row, String column) throws SQLException {
        return Arrays.asList((UUID[]) row.getArray(column).getArray());
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(row.getObject(column, OffsetDateTime.class))
                .toInstant();
    }
}
