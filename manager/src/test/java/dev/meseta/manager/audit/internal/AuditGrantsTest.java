package dev.meseta.manager.audit.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meseta.manager.database.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** The script that takes the audit log out of the hands of the manager's database role. */
@Tag("integration")
class AuditGrantsTest {

    private static final Path SCRIPT = Path.of("../docs/operations/audit-grants.sql");
    private static final UUID LANE = UUID.fromString("00000000-0000-7000-8000-00000000000a");
    private static final String HEADS = "[{\"lane\":\"%s\",\"number\":1,\"hash\":\"h1\"}]".formatted(LANE);

    @Test
    void the_role_adds_and_reads_and_removes_only_below_an_anchor() throws Exception {
        TestPostgres.Database database = TestPostgres.create();
        try (var connection =
                new SingleConnectionDataSource(database.jdbcUrl(), database.username(), database.password(), true)) {
            JdbcClient jdbc = JdbcClient.create(connection);
            String role = "meseta_test_" + UUID.randomUUID().toString().replace('-', '_');
            int unusedRole = jdbc.sql("CREATE ROLE " + role).update();
            int unusedScript = jdbc.sql(Files.readString(SCRIPT)
                            .replace("meseta_audit_owner", role + "_owner")
                            .replace("TO meseta;", "TO " + role + ";")
                            .replace(", meseta;", ", " + role + ";"))
                    .update();
            int unusedSet = jdbc.sql("SET ROLE " + role).update();

            add(
                    jdbc,
                    "INSERT INTO audit_lane (id, manager_id, started_at) VALUES ('%s', '%s', now())"
                            .formatted(LANE, LANE));
            for (int number = 1; number <= 2; number++) {
                add(jdbc, """
                        INSERT INTO audit_record (lane, number, previous, hash, at, principal, remote_address, action,
                            object_kind, object_id, outcome, code, correlation_id)
                        VALUES ('%s', %d, 'p', 'h%d', now(), '', '', '', '', '', 'SUCCESS', '', '')""".formatted(LANE, number, number));
                add(jdbc, """
                        INSERT INTO audit_checkpoint (number, at, last_record, line, hash)
                        SELECT %d, now(), max(id), '{"heads":%s}', 'c%d' FROM audit_record""".formatted(number, HEADS, number));
            }
            for (String statement : List.of(
                    "UPDATE audit_record SET principal = 'nobody'",
                    "DELETE FROM audit_record",
                    "TRUNCATE audit_record",
                    "DELETE FROM audit_checkpoint",
                    "INSERT INTO audit_anchor (checkpoint, at, last_record, line) VALUES (2, now(), 99, '{}')",
                    "INSERT INTO audit_floor (lane, number, hash) VALUES ('%s', 99, '')".formatted(LANE),
                    "DELETE FROM audit_lane",
                    "ALTER TABLE audit_record DISABLE TRIGGER ALL",
                    "DROP TABLE audit_record CASCADE",
                    "DROP FUNCTION audit_forget(json)")) {
                assertThatThrownBy(() -> add(jdbc, statement)).as(statement).isInstanceOf(DataAccessException.class);
            }
            assertThat(jdbc.sql("SELECT pg_has_role('%s', '%s_owner', 'MEMBER')".formatted(role, role))
                            .query(Boolean.class)
                            .single())
                    .isFalse();
            long removed = jdbc.sql("SELECT audit_forget(CAST(:anchor AS json))")
                    .param(
                            "anchor",
                            "{\"number\":1,\"previous\":\"c1\",\"at\":\"2026-11-27T12:00:00Z\",\"heads\":%s}"
                                    .formatted(HEADS))
                    .query(Long.class)
                    .single();
            assertThat(removed).isEqualTo(1);
            assertThat(jdbc.sql("SELECT number FROM audit_record")
                            .query(Long.class)
                            .list())
                    .containsExactly(2L);
            assertThat(jdbc.sql("SELECT number FROM audit_checkpoint")
                            .query(Long.class)
                            .list())
                    .containsExactly(2L);
        }
    }

    private static void add(JdbcClient jdbc, String statement) {
        int unused = jdbc.sql(statement).update();
    }
}
