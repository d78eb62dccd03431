package dev.meseta.manager.console.internal;

import dev.meseta.manager.agents.ConsoleKind;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Tickets that have been given out and not used yet. */
@Component
@Transactional
class ConsoleTickets {

    private final JdbcClient jdbc;

    ConsoleTickets(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What a ticket is good for.
     *
     * @param credential hash of the session's secret or of the API token that it was asked for with
     */
    record Kept(UUID userId, String credential, UUID vmId, ConsoleKind kind, Instant expiresAt) {}

    /** Those that have run out go at the same time. */
    void keep(String hash, Kept ticket, Instant now) {
        jdbc.sql("DELETE FROM console_ticket WHERE expires_at < :now")
                .param("now", now.atOffset(ZoneOffset.UTC))
                .update();
        jdbc.sql("""
                        INSERT INTO console_ticket (hash, user_id, credential, vm_id, kind, expires_at)
                        VALUES (:hash, :userId, :credential, :vmId, :kind, :expiresAt)""")
                .param("hash", hash)
                .param("userId", ticket.userId())
                .param("credential", ticket.credential())
                .param("vmId", ticket.vmId())
                .param("kind", ticket.kind().name())
                .param("expiresAt", ticket.expiresAt().atOffset(ZoneOffset.UTC))
                .update();
    }

    /** Whoever gets it is the only one who does. One of somebody else, or of another session, is left to them. */
    Optional<Kept> take(String hash, UUID userId, String credential) {
        return jdbc.sql("""
                        DELETE FROM console_ticket WHERE hash = :hash AND user_id = :userId AND credential = :credential
                        RETURNING user_id, credential, vm_id, kind, expires_at""")
                .param("hash", hash)
                .param("userId", userId)
                .param("credential", credential)
                .query((row, number) -> new Kept(
                        row.getObject("user_id", UUID.class),
                        row.getString("credential"),
                        row.getObject("vm_id", UUID.class),
                        ConsoleKind.valueOf(row.getString("kind")),
                        row.getObject("expires_at", java.time.OffsetDateTime.class)
                                .toInstant()))
                .optional();
    }
}
