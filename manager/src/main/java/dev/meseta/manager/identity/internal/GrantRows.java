package dev.meseta.manager.identity.internal;

import dev.meseta.manager.identity.AccessGrant;
import dev.meseta.manager.identity.AccessGrant.Effect;
import dev.meseta.manager.identity.ObjectKind;
import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.SeededRole;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Rows of grants with what their roles hold. */
@Repository
class GrantRows {

    private static final String SELECT = """
            SELECT g.*, r.name AS role_name, coalesce(p.name, '') AS group_name,
                ARRAY(SELECT permission FROM role_permission WHERE role_id = g.role_id) AS permissions
            FROM access_grant g JOIN role r ON r.id = g.role_id LEFT JOIN user_group p ON p.id = g.group_id""";
    private static final String OF_USER = """
            WHERE (g.user_id = :user OR (g.user_id IS NULL AND g.group_id IS NULL)
                OR g.group_id IN (SELECT group_id FROM group_member WHERE user_id = :user))""";
    private static final String ENABLED = """
             AND NOT EXISTS (SELECT FROM user_account WHERE id = :user AND disabled)""";

    private final JdbcClient jdbc;

    GrantRows(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** A grant and to whom it was given: to a user, to a group, or to everyone. */
    record Given(
            AccessGrant grant,
            @Nullable UUID userId,
            @Nullable UUID groupId) {}

    /** All that hold for a user; none does for one who is disabled. */
    List<AccessGrant> of(UUID userId) {
        return jdbc.sql(SELECT + " " + OF_USER + ENABLED)
                .param("user", userId)
                .query((row, number) -> grant(row))
                .list();
    }

    /** As {@link #of}, and for one who is disabled what would hold again. */
    List<AccessGrant> given(UUID userId) {
        return jdbc.sql(SELECT + " " + OF_USER)
                .param("user", userId)
                .query((row, number) -> grant(row))
                .list();
    }

    /** All that a group brings its members. */
    List<AccessGrant> ofGroup(UUID groupId) {
        return jdbc.sql(SELECT + " WHERE g.group_id = :group")
                .param("group", groupId)
                .query((row, number) -> grant(row))
                .list();
    }

    List<Given> all() {
        return jdbc.sql(SELECT)
                .query((row, number) -> new Given(
                        grant(row), row.getObject("user_id", UUID.class), row.getObject("group_id", UUID.class)))
                .list();
    }

    long epoch() {
        return jdbc.sql("SELECT epoch FROM access_epoch").query(Long.class).single();
    }

    private static AccessGrant grant(ResultSet row) throws SQLException {
        UUID roleId = uuid(row, "role_id");
        return new AccessGrant(
                uuid(row, "id"),
                row.getString("group_name"),
                roleId,
                row.getString("role_name"),
                permissions(roleId, (String[]) row.getArray("permissions").getArray()),
                Effect.valueOf(row.getString("effect")),
                new ObjectRef(ObjectKind.valueOf(row.getString("scope_kind")), uuid(row, "scope_id")),
                row.getString("tag"));
    }

    /** What a role holds; a permission that this version does not know is held by nobody. */
    static Set<Permission> permissions(UUID roleId, String[] stored) {
        return SeededRole.of(roleId).map(SeededRole::permissions).orElseGet(() -> known(stored));
    }

    static Set<Permission> known(String[] stored) {
        Set<String> names = Set.of(stored);
        EnumSet<Permission> known = EnumSet.noneOf(Permission.class);
        Arrays.stream(Permission.values())
                .filter(each -> names.contains(each.name()))
                .forEach(known::add);
        return known;
    }

    static String[] names(Stream<Permission> permissions) {
        return permissions.map(Permission::name).sorted().toArray(String[]::new);
    }

    private static UUID uuid(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(row.getObject(column, UUID.class), column);
    }
}
