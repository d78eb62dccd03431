package dev.meseta.manager.identity.internal;

import dev.meseta.manager.database.ListQueries;
import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.AccessDirectory.NewUser;
import dev.meseta.manager.identity.AccessDirectory.User;
import dev.meseta.manager.identity.AccessDirectory.UserChange;
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
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Repository;

/** Users as rows; in a transaction of the caller's. */
@Repository
class StoredUsers {

    private static final ListFields FIELDS = DirectoryRows.named("u", "u.display_name")
            .term("disabled", "CAST(u.disabled AS text)")
            .build();
    private static final String COLUMNS = """
            u.*, ARRAY(SELECT group_id FROM group_member WHERE user_id = u.id ORDER BY group_id) AS group_ids,
            (EXISTS (SELECT FROM totp f WHERE f.user_id = u.id) OR EXISTS (SELECT FROM passkey f WHERE f.user_id = u.id))
                AS has_second""";

    /** What is gone when somebody's factors are reset. */
    private static final List<String> SECOND_FACTORS =
            List.of("totp", "totp_enrolment", "passkey", "passkey_challenge", "recovery_code");

    private final JdbcClient jdbc;
    private final Access access;
    private final Escalation escalation;
    private final AccessChanges changes;
    private final GrantRows grantRows;
    private final StoredSessions sessions;
    private final PendingSignIns pendings;
    private final PasswordRules rules;
    private final PasswordEncoder passwords;
    private final UuidGenerator ids;
    private final InstantSource clock;

    StoredUsers(
            JdbcClient jdbc,
            Access access,
            Escalation escalation,
            AccessChanges changes,
            GrantRows grantRows,
            StoredSessions sessions,
            PendingSignIns pendings,
            PasswordRules rules,
            PasswordEncoder passwords,
            UuidGenerator ids,
            InstantSource clock) {
        this.jdbc = jdbc;
        this.access = access;
        this.escalation = escalation;
        this.changes = changes;
        this.grantRows = grantRows;
        this.sessions = sessions;
        this.pendings = pendings;
        this.rules = rules;
        this.passwords = passwords;
        this.ids = ids;
        this.clock = clock;
    }

    Page<User> users(ListRequest request) {
        return ListQueries.page(jdbc, request, FIELDS, COLUMNS, "user_account u", StoredUsers::user);
    }

    User user(UUID userId) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM user_account u WHERE u.id = :id")
                .param("id", userId)
                .query((row, number) -> user(row))
                .optional()
                .orElseThrow(() -> Problems.notFound("user", userId));
    }

    User createUser(NewUser user) {
        rules.check("password", user.name(), user.password());
        String hash = passwords.encode(user.password());
        changes.begin();
        access.require(Permission.USER_MANAGE, ObjectRef.SYSTEM);
        UUID id = ids.next();
        int added = jdbc.sql("""
                        INSERT INTO user_account (id, name, display_name, password_hash, created_at)
                        VALUES (:id, :name, :displayName, :hash, :now) ON CONFLICT (name) DO NOTHING""")
                .param("id", id)
                .param("name", user.name())
                .param("displayName", user.displayName())
                .param("hash", hash)
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
        DirectoryRows.requireAdded(added, "user", user.name());
        User after = user(id);
        changes.done("user.create", "user", id, after.name(), null, after);
        return after;
    }

    User changeUser(UUID userId, UserChange change, long expectedVersion) {
        changes.begin();
        access.require(Permission.USER_MANAGE, ObjectRef.SYSTEM);
        User before = user(userId);
        DirectoryRows.requireVersion("user", before.name(), before.version(), expectedVersion);
        if (change.disabled() != before.disabled()) {
            refuseOneself(before, "disable");
            // To enable is to give, and to disable is to be rid of somebody who can do more.
            escalation.requireAll(grantRows.given(userId));
        }
        jdbc.sql("""
                        UPDATE user_account SET display_name = :displayName, disabled = :disabled, version = version + 1
                        WHERE id = :id""")
                .param("displayName", change.displayName())
                .param("disabled", change.disabled())
                .param("id", userId)
                .update();
        if (change.disabled()) {
            signOut(userId);
        }
        User after = user(userId);
        changes.done("user.change", "user", userId, after.name(), before, after);
        return after;
    }

    User resetFactors(UUID userId) {
        changes.begin();
        User before = forTakingOver(userId);
        for (String table : SECOND_FACTORS) {
            jdbc.sql("DELETE FROM " + table + " WHERE user_id = :id")
                    .param("id", userId)
                    .update();
        }
        return takenOver("user.factors.reset", before);
    }

    User setPassword(UUID userId, String password) {
        rules.check("password", user(userId).name(), password);
        String hash = passwords.encode(password);
        changes.begin();
        User before = forTakingOver(userId);
        jdbc.sql("UPDATE user_account SET password_hash = :hash WHERE id = :id")
                .param("hash", hash)
                .param("id", userId)
                .update();
        return takenOver("user.password.reset", before);
    }

    /** Whoever says what somebody signs in with can sign in as them, and so must hold all that they do. */
    private User forTakingOver(UUID userId) {
        access.require(Permission.USER_MANAGE, ObjectRef.SYSTEM);
        User user = user(userId);
        refuseOneself(user, "reset");
        escalation.requireAll(grantRows.given(userId));
        return user;
    }

    private User takenOver(String action, User before) {
        jdbc.sql("UPDATE user_account SET version = version + 1 WHERE id = :id")
                .param("id", before.id())
                .update();
        signOut(before.id());
        User after = user(before.id());
        changes.done(action, "user", before.id(), before.name(), before, after);
        return after;
    }

    private static void refuseOneself(User user, String verb) {
        if (user.id().equals(Access.actorId())) {
            throw new MesetaException(
                    ErrorCode.VALIDATION_FAILED,
                    "Nobody can %s themselves here. What you sign in with is changed in your own account; ask another administrator for the rest."
                            .formatted(verb));
        }
    }

    private void signOut(UUID userId) {
        pendings.endAll(userId);
        sessions.endAllBut(userId, null);
    }

    void deleteUser(UUID userId, @Nullable Long expectedVersion) {
        changes.begin();
        access.require(Permission.USER_MANAGE, ObjectRef.SYSTEM);
        User before = user(userId);
        DirectoryRows.requireVersion("user", before.name(), before.version(), expectedVersion);
        // Whoever could do less would be rid of somebody who can do more.
        escalation.requireAll(grantRows.given(userId));
        jdbc.sql("DELETE FROM user_account WHERE id = :id").param("id", userId).update();
        // Answers are kept by name, and a name may be given again.
        jdbc.sql("DELETE FROM idempotent_request WHERE principal = :name")
                .param("name", before.name())
                .update();
        changes.done("user.delete", "user", userId, before.name(), before, null);
    }

    private static User user(ResultSet row) throws SQLException {
        return new User(
                DirectoryRows.uuid(row, "id"),
                row.getString("name"),
                row.getString("display_name"),
                row.getBoolean("disabled"),
                row.getBoolean("has_second"),
                DirectoryRows.uuids(row, "group_ids"),
                row.getLong("version"),
                DirectoryRows.instant(row, "created_at"));
    }
}
