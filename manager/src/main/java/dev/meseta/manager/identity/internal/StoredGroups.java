package dev.meseta.manager.identity.internal;

import dev.meseta.manager.database.ListQueries;
import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.AccessDirectory.Group;
import dev.meseta.manager.identity.AccessDirectory.GroupChange;
import dev.meseta.manager.identity.AccessDirectory.NewGroup;
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
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Groups and who is in them, as rows; in a transaction of the caller's. */
@Repository
class StoredGroups {

    private static final ListFields FIELDS =
            DirectoryRows.named("g", "g.description").build();
    private static final String COLUMNS =
            "g.*, ARRAY(SELECT user_id FROM group_member WHERE group_id = g.id ORDER BY user_id) AS member_ids";

    private final JdbcClient jdbc;
    private final Access access;
    private final Escalation escalation;
    private final AccessChanges changes;
    private final GrantRows grantRows;
    private final StoredUsers users;
    private final ConfiguredIssuer provider;
    private final UuidGenerator ids;
    private final InstantSource clock;

    StoredGroups(
            JdbcClient jdbc,
            Access access,
            Escalation escalation,
            AccessChanges changes,
            GrantRows grantRows,
            StoredUsers users,
            ConfiguredIssuer provider,
            UuidGenerator ids,
            InstantSource clock) {
        this.jdbc = jdbc;
        this.access = access;
        this.escalation = escalation;
        this.changes = changes;
        this.grantRows = grantRows;
        this.users = users;
        this.provider = provider;
        this.ids = ids;
        this.clock = clock;
    }

    Page<Group> groups(ListRequest request) {
        return ListQueries.page(jdbc, request, FIELDS, COLUMNS, "user_group g", StoredGroups::group);
    }

    Group group(UUID groupId) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM user_group g WHERE g.id = :id")
                .param("id", groupId)
                .query((row, number) -> group(row))
                .optional()
                .orElseThrow(() -> Problems.notFound("group", groupId));
    }

    Group createGroup(NewGroup group) {
        changes.begin();
        access.require(Permission.GROUP_MANAGE, ObjectRef.SYSTEM);
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
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
        DirectoryRows.requireAdded(added, "group", group.name());
        Group after = group(id);
        changes.done("group.create", "group", id, after.name(), null, after);
        return after;
    }

    Group changeGroup(UUID groupId, GroupChange change, long expectedVersion) {
        changes.begin();
        access.require(Permission.GROUP_MANAGE, ObjectRef.SYSTEM);
        Group before = group(groupId);
        DirectoryRows.requireVersion("group", before.name(), before.version(), expectedVersion);
        int changed = jdbc.sql("""
                        UPDATE user_group SET name = :name, description = :description, version = version + 1
                        WHERE id = :id
                        AND NOT EXISTS (SELECT 1 FROM user_group other WHERE other.name = :name AND other.id <> :id)""")
                .param("name", change.name())
                .param("description", change.description())
                .param("id", groupId)
                .update();
        DirectoryRows.requireAdded(changed, "group", change.name());
        Group after = group(groupId);
        changes.done("group.change", "group", groupId, after.name(), before, after);
        return after;
    }

    void deleteGroup(UUID groupId, @Nullable Long expectedVersion) {
        changes.begin();
        access.require(Permission.GROUP_MANAGE, ObjectRef.SYSTEM);
        Group before = group(groupId);
        DirectoryRows.requireVersion("group", before.name(), before.version(), expectedVersion);
        escalation.requireAll(grantRows.ofGroup(groupId));
        jdbc.sql("DELETE FROM user_group WHERE id = :id").param("id", groupId).update();
        changes.done("group.delete", "group", groupId, before.name(), before, null);
    }

    Group setMembers(UUID groupId, Set<UUID> userIds, long expectedVersion) {
        changes.begin();
        access.require(Permission.GROUP_MANAGE, ObjectRef.SYSTEM);
        Group before = group(groupId);
        DirectoryRows.requireVersion("group", before.name(), before.version(), expectedVersion);
        if (before.externalId() != null) {
            throw new MesetaException(
                    ErrorCode.VALIDATION_FAILED,
                    "Who is in the group %s is said by the identity provider; change it there."
                            .formatted(before.name()));
        }
        escalation.requireAll(grantRows.ofGroup(groupId));
        userIds.forEach(users::user);
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

    private static Group group(ResultSet row) throws SQLException {
        return new Group(
                DirectoryRows.uuid(row, "id"),
                row.getString("name"),
                row.getString("description"),
                row.getString("external_id"),
                DirectoryRows.uuids(row, "member_ids"),
                row.getLong("version"),
                DirectoryRows.instant(row, "created_at"));
    }
}
