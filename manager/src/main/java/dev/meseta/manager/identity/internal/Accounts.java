package dev.meseta.manager.identity.internal;

import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.SeededRole;
import dev.meseta.manager.shared.Secrets;
import dev.meseta.manager.shared.UuidGenerator;
import java.sql.Array;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Rows of users and of their API tokens. */
@Repository
class Accounts {

    /** Use is written down no more often. */
    private static final Duration COARSE = Duration.ofMinutes(1);

    private final JdbcClient jdbc;
    private final InstantSource clock;
    private final UuidGenerator ids;
    private final Duration silence;

    /** @param silence so long after an identity provider vouched for them last, people's API tokens are good no more */
    Accounts(
            JdbcClient jdbc,
            InstantSource clock,
            UuidGenerator ids,
            @Value("${meseta.identity.oidc.silence:30d}") Duration silence) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.ids = ids;
        this.silence = silence;
    }

    record Account(UUID id, String name, String passwordHash) {}

    /** Empty for whoever is disabled, as everything that is asked for signing in. */
    Optional<Account> byName(String name) {
        // Whoever signs in at a provider has no password here, and is nobody to this.
        return jdbc.sql(
                        "SELECT id, name, password_hash FROM user_account WHERE name = :name AND password_hash <> '' AND NOT disabled")
                .param("name", name)
                .query((row, number) -> new Account(
                        row.getObject("id", UUID.class), row.getString("name"), row.getString("password_hash")))
                .optional();
    }

    /**
     * A token that is good.
     *
     * @param permissions what it is limited to; null: what the owner may do
     * @param epoch of grants, as it was when the token was looked at
     */
    record TokenAccount(
            UUID tokenId,
            UUID userId,
            String name,
            @Nullable Set<Permission> permissions,
            @Nullable Instant lastUsedAt,
            long epoch) {}

    Optional<TokenAccount> byToken(String token) {
        return jdbc.sql("""
                        SELECT t.id AS token_id, u.id, u.name, t.permissions, t.last_used_at,
                            (SELECT epoch FROM access_epoch) AS epoch
                        FROM api_token t JOIN user_account u ON u.id = t.user_id
                        WHERE t.hash = :hash AND NOT u.disabled AND (t.expires_at IS NULL OR t.expires_at > :now)
                            AND NOT EXISTS (SELECT FROM oidc_identity i WHERE i.user_id = u.id AND i.heard_at < :heardSince)""")
                .param("hash", Secrets.hash(token))
                .param("heardSince", clock.instant().minus(silence).atOffset(ZoneOffset.UTC))
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .query((row, number) -> {
                    Array limits = row.getArray("permissions");
                    OffsetDateTime used = row.getObject("last_used_at", OffsetDateTime.class);
                    return new TokenAccount(
                            row.getObject("token_id", UUID.class),
                            row.getObject("id", UUID.class),
                            row.getString("name"),
                            limits == null ? null : GrantRows.known((String[]) limits.getArray()),
                            used == null ? null : used.toInstant(),
                            row.getLong("epoch"));
                })
                .optional();
    }

    /** Whether somebody signs in at an identity provider. */
    boolean isAtProvider(UUID userId) {
        return jdbc.sql("SELECT EXISTS (SELECT FROM oidc_identity WHERE user_id = :user)")
                .param("user", userId)
                .query(Boolean.class)
                .single();
    }

    /** Writes down that a token was used, a minute or longer after the use before. */
    void tokenUsed(TokenAccount token) {
        Instant now = clock.instant();
        Instant last = token.lastUsedAt();
        if (last == null || Duration.between(last, now).compareTo(COARSE) >= 0) {
            jdbc.sql(
                            "UPDATE api_token SET last_used_at = :now WHERE id = :id AND (last_used_at IS NULL OR last_used_at < :now)")
                    .param("now", now.atOffset(ZoneOffset.UTC))
                    .param("id", token.tokenId())
                    .update();
        }
    }

    Optional<Account> byId(UUID id) {
        return jdbc.sql("SELECT id, name, password_hash FROM user_account WHERE id = :id AND NOT disabled")
                .param("id", id)
                .query((row, number) -> new Account(
                        row.getObject("id", UUID.class), row.getString("name"), row.getString("password_hash")))
                .optional();
    }

    /** Whoever holds the row changes what the user signs in with; others wait. */
    void lock(UUID id) {
        Optional<UUID> unused = jdbc.sql("SELECT id FROM user_account WHERE id = :id FOR UPDATE")
                .param("id", id)
                .query(UUID.class)
                .optional();
    }

    /** False: it was changed meanwhile. */
    boolean changePassword(UUID id, String presentHash, String wantedHash) {
        return jdbc.sql("UPDATE user_account SET password_hash = :wanted WHERE id = :id AND password_hash = :present")
                        .param("wanted", wantedHash)
                        .param("id", id)
                        .param("present", presentHash)
                        .update()
                == 1;
    }

    boolean knows(UUID id, String address) {
        return jdbc.sql("SELECT EXISTS (SELECT FROM known_address WHERE user_id = :id AND address = :address)")
                .param("id", id)
                .param("address", address)
                .query(Boolean.class)
                .single();
    }

    void signedInFrom(UUID id, String address) {
        jdbc.sql("""
                        INSERT INTO known_address (user_id, address, used_at) VALUES (:id, :address, :now)
                        ON CONFLICT (user_id, address) DO UPDATE SET used_at = excluded.used_at""")
                .param("id", id)
                .param("address", address)
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
    }

    /** Dangerous verbs the token may do, with commas between, or ALL; empty: none, or no such token. */
    String preAuthorised(String token) {
        return jdbc.sql("SELECT pre_authorised FROM api_token WHERE hash = :hash")
                .param("hash", Secrets.hash(token))
                .query(String.class)
                .optional()
                .orElse("");
    }

    UUID create(String name, String passwordHash) {
        UUID id = ids.next();
        jdbc.sql("INSERT INTO user_account (id, name, password_hash, created_at) VALUES (:id, :name, :hash, :now)")
                .param("id", id)
                .param("name", name)
                .param("hash", passwordHash)
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
        return id;
    }

    /** The first one may do everything. */
    void makeSuperuser(UUID userId) {
        jdbc.sql("""
                        INSERT INTO access_grant (id, user_id, role_id, scope_kind, scope_id, effect, created_by, created_at)
                        VALUES (:id, :user, :role, 'SYSTEM', :system, 'ALLOW', 'system', :now)""")
                .param("id", ids.next())
                .param("user", userId)
                .param("role", SeededRole.SUPERUSER.id())
                .param("system", ObjectRef.SYSTEM.id())
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
    }

    /** Replaces the user's token of this name with one that may do every dangerous verb. */
    void putToken(UUID userId, String tokenName, String token) {
        jdbc.sql("DELETE FROM api_token WHERE user_id = :userId AND name = :name")
                .param("userId", userId)
                .param("name", tokenName)
                .update();
        jdbc.sql("""
                        INSERT INTO api_token (id, user_id, name, hash, created_at, pre_authorised)
                        VALUES (:id, :userId, :name, :hash, :now, 'ALL')""")
                .param("id", ids.next())
                .param("userId", userId)
                .param("name", tokenName)
                .param("hash", Secrets.hash(token))
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
    }
}
