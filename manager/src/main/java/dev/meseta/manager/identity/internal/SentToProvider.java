package dev.meseta.manager.identity.internal;

import dev.meseta.manager.certificates.Sealer;
import dev.meseta.manager.identity.ProviderSignIns.Sent;
import dev.meseta.manager.shared.Secrets;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Who was sent to the identity provider and may come back, at any manager. */
@Repository
class SentToProvider {

    static final Duration LIFE = Duration.ofMinutes(10);
    private static final String LABEL = "oidc ";
    private static final int MAX_CHARACTERS = 200;

    private final JdbcClient jdbc;
    private final Sealer sealer;
    private final InstantSource clock;

    SentToProvider(JdbcClient jdbc, Sealer sealer, InstantSource clock) {
        this.jdbc = jdbc;
        this.sealer = sealer;
        this.clock = clock;
    }

    void add(Sent sent) {
        Instant now = clock.instant();
        jdbc.sql("DELETE FROM oidc_request WHERE expires_at <= :now")
                .param("now", now.atOffset(ZoneOffset.UTC))
                .update();
        String hash = Secrets.hash(sent.state());
        jdbc.sql("""
                        INSERT INTO oidc_request (state_hash, browser_hash, session_id, sealed, redirect_uri, return_to,
                            begun_at, expires_at)
                        VALUES (:state, :browser, :session, :sealed, :redirectUri, :returnTo, :begun, :expires)""")
                .param("state", hash)
                .param("browser", Secrets.hash(sent.browser()))
                .param("session", sent.sessionId(), Types.OTHER)
                .param(
                        "sealed",
                        sealer.seal(
                                LABEL + hash,
                                (sent.nonce() + "\n" + sent.codeVerifier()).getBytes(StandardCharsets.UTF_8)))
                .param("redirectUri", sent.redirectUri())
                .param("returnTo", sent.returnTo())
                .param("begun", sent.begunAt().atOffset(ZoneOffset.UTC))
                .param("expires", now.plus(LIFE).atOffset(ZoneOffset.UTC))
                .update();
    }

    /** Of several who come with it at once, one gets it. */
    Optional<Sent> take(String state, String browser) {
        if (state.length() > MAX_CHARACTERS || browser.length() > MAX_CHARACTERS) {
            return Optional.empty();
        }
        return jdbc.sql("""
                        DELETE FROM oidc_request WHERE state_hash = :state AND browser_hash = :browser AND expires_at > :now
                        RETURNING *""")
                .param("state", Secrets.hash(state))
                .param("browser", Secrets.hash(browser))
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .query((row, number) -> sent(row, state, browser))
                .optional();
    }

    private Sent sent(ResultSet row, String state, String browser) throws SQLException {
        String[] opened = new String(
                        sealer.open(LABEL + row.getString("state_hash"), row.getBytes("sealed")),
                        StandardCharsets.UTF_8)
                .split("\n", 2);
        return new Sent(
                state,
                browser,
                row.getObject("session_id", UUID.class),
                opened[0],
                opened[1],
                row.getString("redirect_uri"),
                row.getString("return_to"),
                StoredSessions.required(row, "begun_at"));
    }
}
