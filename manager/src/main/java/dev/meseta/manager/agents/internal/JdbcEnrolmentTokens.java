package dev.meseta.manager.agents.internal;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Tokens in PostgreSQL. */
final class JdbcEnrolmentTokens implements EnrolmentTokens {

    private final JdbcClient jdbc;

    JdbcEnrolmentTokens(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public void add(NewToken token) {
        jdbc.sql("""
                        INSERT INTO enrolment_token (id, host_name, cluster_id, hash, created_by, created_at, expires_at)
                        VALUES (:id, :hostName, :clusterId, :hash, :createdBy, :createdAt, :expiresAt)""")
                .param("id", token.id())
                .param("hostName", token.hostName())
                .param("clusterId", token.clusterId())
                .param("hash", token.hash())
                .param("createdBy", token.createdBy())
                .param("createdAt", token.createdAt().atOffset(ZoneOffset.UTC))
                .param("expiresAt", token.expiresAt().atOffset(ZoneOffset.UTC))
                .update();
    }

    @Override
    public Optional<Entitlement> use(String hash, Instant now) {
        // A second caller waits for the first one's row lock and then finds used_at set.
        return jdbc.sql("""
                        UPDATE enrolment_token SET used_at = :now
                        WHERE hash = :hash AND used_at IS NULL AND expires_at > :now
                        RETURNING id, host_name, cluster_id, created_by""")
                .param("hash", hash)
                .param("now", now.atOffset(ZoneOffset.UTC))
                .query((row, number) -> new Entitlement(
                        row.getObject("id", UUID.class),
                        row.getString("host_name"),
                        row.getObject("cluster_id", UUID.class),
                        row.getString("created_by")))
                .optional();
    }
}
