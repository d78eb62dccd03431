package dev.meseta.manager.identity.internal;

import dev.meseta.manager.shared.Secrets;
import dev.meseta.manager.shared.UuidGenerator;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Rows of users and of their API tokens. */
@Repository
class Accounts {

    private final JdbcClient jdbc;
    private final InstantSource clock;
    private final UuidGenerator ids;

    Accounts(JdbcClient jdbc, InstantSource clock, UuidGenerator ids) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.ids = ids;
    }

    record Account(UUID id, String name, String passwordHash) {}

    Optional<Account> byName(String name) {
        return jdbc.sql("SELECT id, name, password_hash FROM user_account WHERE name = :name")
                .param("name", name)
                .query((row, number) -> new Account(
                        row.getObject("id", UUID.class), row.getString("name"), row.getString("password_hash")))
                .optional();
    }

    Optional<Account> byToken(String token) {
        return jdbc.sql("""
                        SELECT u.id, u.name, u.password_hash FROM api_token t JOIN user_account u ON u.id = t.user_id
                        WHERE t.hash = :hash""")
                .param("hash", Secrets.hash(token))
                .query((row, number) -> new Account(
                        row.getObject("id", UUID.class), row.getString("name"), row.getString("password_hash")))
                .optional();
    }

    Optional<Account> byId(UUID id) {
        return jdbc.sql("SELECT id, name, password_hash FROM user_account WHERE id = :id")
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
