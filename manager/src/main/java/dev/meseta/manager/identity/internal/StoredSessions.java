package dev.meseta.manager.identity.internal;

import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.Sessions;
import dev.meseta.manager.shared.Secrets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Sessions as rows; what a user may do is looked up each time. */
@Repository
class StoredSessions implements Sessions {

    private static final int MAX_SECRET_CHARACTERS = 200;

    /** Use is written down no more often. */
    private static final Duration COARSE = Duration.ofMinutes(1);

    private final JdbcClient jdbc;
    private final KnownGrants grants;
    private final InstantSource clock;
    private final Duration idle;
    private final SecureRandom random = new SecureRandom();

    /** @param idle a session ends when it was not used for so long */
    StoredSessions(
            JdbcClient jdbc,
            KnownGrants grants,
            InstantSource clock,
            @Value("${meseta.session-idle:8h}") Duration idle) {
        this.jdbc = jdbc;
        this.grants = grants;
        this.clock = clock;
        this.idle = idle;
    }

    @Override
    public String begin(AuthenticatedUser user) {
        Instant now = clock.instant();
        String secret = Secrets.random(random);
        jdbc.sql("DELETE FROM user_session WHERE used_at < :since")
                .param("since", since(now))
                .update();
        jdbc.sql("INSERT INTO user_session (hash, user_id, created_at, used_at) VALUES (:hash, :user, :now, :now)")
                .param("hash", Secrets.hash(secret))
                .param("user", user.id())
                .param("now", now.atOffset(ZoneOffset.UTC))
                .update();
        return secret;
    }

    private record Found(UUID id, String name, long epoch, Instant usedAt) {}

    private record Row(AuthenticatedUser user, Instant usedAt) {}

    @Override
    public Optional<AuthenticatedUser> use(String secret) {
        Instant now = clock.instant();
        Optional<Row> row = find(secret, now);
        if (row.isPresent() && row.get().usedAt().isBefore(now.minus(COARSE))) {
            jdbc.sql("UPDATE user_session SET used_at = :now WHERE hash = :hash AND used_at < :now")
                    .param("now", now.atOffset(ZoneOffset.UTC))
                    .param("hash", Secrets.hash(secret))
                    .update();
        }
        return row.map(Row::user);
    }

    @Override
    public boolean isOpen(String secret) {
        return find(secret, clock.instant()).isPresent();
    }

    @Override
    public void end(String secret) {
        jdbc.sql("DELETE FROM user_session WHERE hash = :hash")
                .param("hash", Secrets.hash(secret))
                .update();
    }

    private Optional<Row> find(String secret, Instant now) {
        if (secret.length() > MAX_SECRET_CHARACTERS) {
            return Optional.empty();
        }
        return jdbc.sql("""
                        SELECT u.id, u.name, s.used_at, (SELECT epoch FROM access_epoch) AS epoch FROM user_session s JOIN user_account u ON u.id = s.user_id
                        WHERE s.hash = :hash AND s.used_at >= :since""")
                .param("hash", Secrets.hash(secret))
                .param("since", since(now))
                .query((row, number) -> new Found(
                        row.getObject("id", UUID.class),
                        row.getString("name"),
                        row.getLong("epoch"),
                        row.getObject("used_at", OffsetDateTime.class).toInstant()))
                .optional()
                .map(found -> new Row(
                        new AuthenticatedUser(
                                found.id(), found.name(), KnownGrants.somewhere(grants.of(found.id(), found.epoch()))),
                        found.usedAt()));
    }

    private OffsetDateTime since(Instant now) {
        return now.minus(idle).atOffset(ZoneOffset.UTC);
    }
}
