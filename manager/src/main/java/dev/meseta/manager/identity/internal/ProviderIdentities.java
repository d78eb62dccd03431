package dev.meseta.manager.identity.internal;

import dev.meseta.manager.identity.ProviderSignIns.Ended;
import dev.meseta.manager.identity.ProviderSignIns.Statement;
import dev.meseta.manager.shared.UuidGenerator;
import java.sql.Array;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Rows of people whom an identity provider knows, of the groups it knows them in, and of what it has ended. */
@Repository
class ProviderIdentities {

    /** What the provider ended is remembered for so long at least: longer than what it said before is good. */
    private static final Duration REMEMBERED = Duration.ofHours(24);

    private static final int MAX_NAME_CHARACTERS = 60;
    private static final int MAX_SAME_NAMES = 100;

    private final JdbcClient jdbc;
    private final InstantSource clock;
    private final UuidGenerator ids;

    ProviderIdentities(JdbcClient jdbc, InstantSource clock, UuidGenerator ids) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.ids = ids;
    }

    /**
     * @param groups of the provider's that they are a member of here
     * @param statedAt what those come from
     */
    record Identity(
            UUID userId,
            String name,
            String username,
            String displayName,
            Set<UUID> groups,
            Instant statedAt,
            Instant heardAt,
            boolean disabled,
            long epoch) {}

    Optional<Identity> find(String issuer, String subject) {
        return jdbc.sql("""
                        SELECT i.user_id, u.name, i.username, u.display_name, i.stated_at, i.heard_at, u.disabled,
                            (SELECT epoch FROM access_epoch) AS epoch,
                            ARRAY(SELECT m.group_id FROM group_member m JOIN user_group g ON g.id = m.group_id
                                WHERE m.user_id = i.user_id AND g.external_issuer = i.issuer) AS groups
                        FROM oidc_identity i JOIN user_account u ON u.id = i.user_id
                        WHERE i.issuer = :issuer AND i.subject = :subject""")
                .param("issuer", issuer)
                .param("subject", subject)
                .query((row, number) -> new Identity(
                        row.getObject("user_id", UUID.class),
                        row.getString("name"),
                        row.getString("username"),
                        row.getString("display_name"),
                        uuids(row.getArray("groups")),
                        StoredSessions.required(row, "stated_at"),
                        StoredSessions.required(row, "heard_at"),
                        row.getBoolean("disabled"),
                        row.getLong("epoch")))
                .optional();
    }

    private static Set<UUID> uuids(Array array) throws SQLException {
        return new TreeSet<>(Arrays.asList((UUID[]) array.getArray()));
    }

    /** Which of Meseta's groups the provider's are. */
    Set<UUID> groups(String issuer, Set<String> externalIds) {
        return new TreeSet<>(
                jdbc.sql("SELECT id FROM user_group WHERE external_issuer = :issuer AND external_id = ANY (:ids)")
                        .param("issuer", issuer)
                        .param("ids", externalIds.toArray(String[]::new))
                        .query(UUID.class)
                        .list());
    }

    /** An account of its own, whatever others are called. In a transaction of the caller's. */
    void create(Statement statement, String providerName) {
        UUID id = ids.next();
        // No name of the built-in realm has a slash in it.
        String wanted = printable(providerName) + "/" + printable(statement.username());
        boolean added = false;
        for (int same = 1; !added && same <= MAX_SAME_NAMES; same++) {
            added = add(id, same == 1 ? wanted : wanted + "~" + same, statement.displayName());
        }
        if (!added && !add(id, wanted + "~" + id, statement.displayName())) {
            throw new IllegalStateException("a name with a new id in it is taken");
        }
        jdbc.sql("""
                        INSERT INTO oidc_identity (issuer, subject, user_id, username, stated_at, heard_at, created_at)
                        VALUES (:issuer, :subject, :user, :username, :stated, :now, :now)""")
                .param("issuer", statement.issuer())
                .param("subject", statement.subject())
                .param("user", id)
                .param("username", statement.username())
                .param("stated", statement.statedAt().atOffset(ZoneOffset.UTC))
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
    }

    private boolean add(UUID id, String name, String displayName) {
        return jdbc.sql("""
                        INSERT INTO user_account (id, name, display_name, password_hash, created_at)
                        VALUES (:id, :name, :displayName, '', :now) ON CONFLICT (name) DO NOTHING""")
                        .param("id", id)
                        .param("name", name)
                        .param("displayName", displayName)
                        .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                        .update()
                == 1;
    }

    private static String printable(String name) {
        String clean = name.replaceAll("[^\\p{L}\\p{N}._@-]", "_");
        return clean.substring(
                0, clean.offsetByCodePoints(0, Math.min(MAX_NAME_CHARACTERS, clean.codePointCount(0, clean.length()))));
    }

    /** Takes over what the provider says now. */
    void heard(UUID userId, Statement statement) {
        jdbc.sql("""
                        UPDATE oidc_identity SET username = :username, stated_at = :stated, heard_at = :now
                        WHERE user_id = :user AND stated_at <= :stated""")
                .param("username", statement.username())
                .param("stated", statement.statedAt().atOffset(ZoneOffset.UTC))
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .param("user", userId)
                .update();
        jdbc.sql("UPDATE user_account SET display_name = :name WHERE id = :user AND display_name <> :name")
                .param("name", statement.displayName())
                .param("user", userId)
                .update();
    }

    /** Touches no row that stays as it is: each one that changes makes all managers forget all grants. */
    void setGroups(UUID userId, Set<UUID> before, Set<UUID> after) {
        for (UUID group : before) {
            if (!after.contains(group)) {
                jdbc.sql("DELETE FROM group_member WHERE group_id = :group AND user_id = :user")
                        .param("group", group)
                        .param("user", userId)
                        .update();
            }
        }
        for (UUID group : after) {
            if (!before.contains(group)) {
                jdbc.sql("INSERT INTO group_member (group_id, user_id) VALUES (:group, :user) ON CONFLICT DO NOTHING")
                        .param("group", group)
                        .param("user", userId)
                        .update();
            }
        }
    }

    /** False: the token was shown before. */
    boolean add(Ended ended) {
        Instant now = clock.instant();
        jdbc.sql("DELETE FROM oidc_logout WHERE expires_at <= :now")
                .param("now", now.atOffset(ZoneOffset.UTC))
                .update();
        Instant least = now.plus(REMEMBERED);
        Instant until = ended.expiresAt().isAfter(least) ? ended.expiresAt() : least;
        return jdbc.sql("""
                        INSERT INTO oidc_logout (issuer, token_id, subject, provider_session, stated_at, expires_at)
                        VALUES (:issuer, :token, :subject, :session, :stated, :expires) ON CONFLICT DO NOTHING""")
                        .param("issuer", ended.issuer())
                        .param("token", ended.tokenId())
                        .param("subject", ended.subject(), Types.VARCHAR)
                        .param("session", ended.providerSession(), Types.VARCHAR)
                        .param("stated", ended.statedAt().atOffset(ZoneOffset.UTC))
                        .param("expires", until.atOffset(ZoneOffset.UTC))
                        .update()
                == 1;
    }

    /** How many sessions have ended. */
    int endSessions(Ended ended) {
        if (ended.providerSession() != null) {
            return jdbc.sql("DELETE FROM user_session WHERE issuer = :issuer AND provider_session = :session")
                    .param("issuer", ended.issuer())
                    .param("session", ended.providerSession())
                    .update();
        }
        return jdbc.sql("""
                        DELETE FROM user_session WHERE issuer = :issuer AND user_id IN (
                            SELECT user_id FROM oidc_identity WHERE issuer = :issuer AND subject = :subject)""")
                .param("issuer", ended.issuer())
                .param("subject", ended.subject(), Types.VARCHAR)
                .update();
    }

    void endSessions(String issuer, UUID userId) {
        jdbc.sql("DELETE FROM user_session WHERE issuer = :issuer AND user_id = :user")
                .param("issuer", issuer)
                .param("user", userId)
                .update();
    }

    /** Whether the provider has ended what the statement comes from. */
    boolean hasEnded(Statement statement) {
        return jdbc.sql("""
                        SELECT EXISTS (SELECT FROM oidc_logout WHERE issuer = :issuer AND provider_session = :session)
                            OR EXISTS (SELECT FROM oidc_logout WHERE issuer = :issuer AND subject = :subject
                                AND provider_session IS NULL AND stated_at >= :authenticated)""")
                .param("issuer", statement.issuer())
                .param("session", statement.providerSession(), Types.VARCHAR)
                .param("subject", statement.subject())
                .param(
                        "authenticated",
                        (statement.authenticatedAt() == null ? statement.statedAt() : statement.authenticatedAt())
                                .atOffset(ZoneOffset.UTC))
                .query(Boolean.class)
                .single();
    }

    /** Somebody showed again who they are. False: the session has ended, or is another's. */
    boolean provedAgain(UUID sessionId, UUID userId, Statement statement, Instant at) {
        return jdbc.sql("""
                        UPDATE user_session SET second_proved_at = :at, password_proved_at = :at, factors = :factors,
                            provider_session = coalesce(CAST(:session AS text), provider_session)
                        WHERE id = :id AND user_id = :user AND issuer = :issuer""")
                        .param("at", at.atOffset(ZoneOffset.UTC))
                        .param("factors", "PROVIDER,PROVIDER_SECOND")
                        .param("session", statement.providerSession())
                        .param("id", sessionId)
                        .param("user", userId)
                        .param("issuer", statement.issuer())
                        .update()
                == 1;
    }
}
