package dev.meseta.manager.identity.internal;

import dev.meseta.manager.certificates.Sealer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Secrets of authenticator applications, sealed, and which code was taken last. */
@Repository
class TotpSecrets {

    static final Duration TIME_TO_ENROL = Duration.ofMinutes(10);
    static final int ATTEMPTS_TO_ENROL = 10;
    private static final String LABEL = "totp ";

    private final JdbcClient jdbc;
    private final Sealer sealer;
    private final InstantSource clock;

    TotpSecrets(JdbcClient jdbc, Sealer sealer, InstantSource clock) {
        this.jdbc = jdbc;
        this.sealer = sealer;
        this.clock = clock;
    }

    record Enrolled(Instant createdAt, @Nullable Instant usedAt) {}

    Optional<Enrolled> enrolled(UUID userId) {
        return jdbc.sql("SELECT created_at, used_at FROM totp WHERE user_id = :user")
                .param("user", userId)
                .query((row, number) -> new Enrolled(
                        StoredSessions.required(row, "created_at"), StoredSessions.optional(row, "used_at")))
                .optional();
    }

    /** Takes the place of what was begun before. */
    void begin(UUID userId, byte[] secret) {
        jdbc.sql("""
                        INSERT INTO totp_enrolment (user_id, sealed_secret, attempts_left, expires_at)
                        VALUES (:user, :secret, :attempts, :expires)
                        ON CONFLICT (user_id) DO UPDATE SET sealed_secret = excluded.sealed_secret,
                            attempts_left = excluded.attempts_left, expires_at = excluded.expires_at""")
                .param("user", userId)
                .param("secret", sealer.seal(LABEL + userId, secret))
                .param("attempts", ATTEMPTS_TO_ENROL)
                .param("expires", clock.instant().plus(TIME_TO_ENROL).atOffset(ZoneOffset.UTC))
                .update();
    }

    /** Takes one attempt. Empty: nothing was begun, or it is too long ago. */
    Optional<byte[]> attemptToEnrol(UUID userId) {
        return jdbc.sql("""
                        UPDATE totp_enrolment SET attempts_left = attempts_left - 1
                        WHERE user_id = :user AND attempts_left > 0 AND expires_at > :now RETURNING sealed_secret""")
                .param("user", userId)
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .query((row, number) -> sealer.open(LABEL + userId, row.getBytes("sealed_secret")))
                .optional();
    }

    /** In a transaction of the caller's. False: there is one already. */
    boolean enrol(UUID userId, byte[] secret, long step) {
        jdbc.sql("DELETE FROM totp_enrolment WHERE user_id = :user")
                .param("user", userId)
                .update();
        return jdbc.sql("""
                        INSERT INTO totp (user_id, sealed_secret, last_step, created_at) VALUES (:user, :secret, :step, :now)
                        ON CONFLICT DO NOTHING""")
                        .param("user", userId)
                        .param("secret", sealer.seal(LABEL + userId, secret))
                        .param("step", step)
                        .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                        .update()
                == 1;
    }

    /** Takes a code, once: of several at once with the same, one is told true. */
    boolean use(UUID userId, String code) {
        Instant now = clock.instant();
        Optional<byte[]> sealed = jdbc.sql("SELECT sealed_secret FROM totp WHERE user_id = :user")
                .param("user", userId)
                .query((row, number) -> row.getBytes("sealed_secret"))
                .optional();
        if (sealed.isEmpty()) {
            return false;
        }
        OptionalLong step = Totp.stepOf(sealer.open(LABEL + userId, sealed.get()), code, now);
        return step.isPresent()
                && jdbc.sql("""
                                UPDATE totp SET last_step = :step, used_at = :now
                                WHERE user_id = :user AND last_step < :step AND sealed_secret = :secret""")
                                .param("step", step.getAsLong())
                                .param("now", now.atOffset(ZoneOffset.UTC))
                                .param("user", userId)
                                .param("secret", sealed.get())
                                .update()
                        == 1;
    }

    boolean remove(UUID userId) {
        return jdbc.sql("DELETE FROM totp WHERE user_id = :user")
                        .param("user", userId)
                        .update()
                == 1;
    }
}
