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

    /** Replaces the user's token of this name. */
    void putToken(UUID userId, String tokenName, String token) {
        jdbc.sql("DELETE FROM api_token WHERE user_id = :userId AND name = :name")
                .param("userId", userId)
                .param("name", tokenName)
                .update();
        jdbc.sql("""
                        INSERT INTO api_token (id, user_id, name, hash, created_at)
                        VALUES (:id, :userId, :name, :hash, :now)""")
                .param("id", ids.next())
                .param("userId", userId)
                .param("name", tokenName)
                .param("hash", Secrets.hash(token))
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
    }
}
