package dev.meseta.manager.identity.internal;

import dev.meseta.manager.shared.Secrets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Who has shown the password and not yet a second factor. */
@Repository
class PendingSignIns {

    static final int ATTEMPTS = 5;
    static final Duration LIFE = Duration.ofMinutes(5);

    private final JdbcClient jdbc;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    PendingSignIns(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** Answers the secret that goes with the second step. */
    String begin(UUID userId) {
        Instant now = clock.instant();
        jdbc.sql("DELETE FROM pending_sign_in WHERE expires_at <= :now")
                .param("now", now.atOffset(ZoneOffset.UTC))
                .update();
        String secret = Secrets.random(random);
        jdbc.sql("""
                        INSERT INTO pending_sign_in (hash, user_id, attempts_left, expires_at)
                        VALUES (:hash, :user, :attempts, :expires)""")
                .param("hash", Secrets.hash(secret))
                .param("user", userId)
                .param("attempts", ATTEMPTS)
                .param("expires", now.plus(LIFE).atOffset(ZoneOffset.UTC))
                .update();
        return secret;
    }

    /** Takes one attempt. Empty: there is none left, or no such secret. */
    Optional<UUID> attempt(String secret) {
        return jdbc.sql("""
                        UPDATE pending_sign_in SET attempts_left = attempts_left - 1
                        WHERE hash = :hash AND attempts_left > 0 AND expires_at > :now RETURNING user_id""")
                .param("hash", Secrets.hash(secret))
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .query(UUID.class)
                .optional();
    }

    Optional<String> username(String secret) {
        return jdbc.sql("""
                        SELECT u.name FROM pending_sign_in p JOIN user_account u ON u.id = p.user_id
                        WHERE p.hash = :hash""")
                .param("hash", Secrets.hash(secret))
                .query(String.class)
                .optional();
    }

    /** Of several at once, one is told true. */
    boolean end(String secret) {
        return jdbc.sql("DELETE FROM pending_sign_in WHERE hash = :hash")
                        .param("hash", Secrets.hash(secret))
                        .update()
                == 1;
    }

    void endAll(UUID userId) {
        jdbc.sql("DELETE FROM pending_sign_in WHERE user_id = :user")
                .param("user", userId)
                .update();
    }
}
