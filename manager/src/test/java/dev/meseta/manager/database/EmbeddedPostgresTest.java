package dev.meseta.manager.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded server as the manager uses it: real programs, real files. */
@Tag("integration")
class EmbeddedPostgresTest {

    private static final EmbeddedPostgres.Options DURABLE = new EmbeddedPostgres.Options(true, false);
    private static final EmbeddedPostgres.Options STAYS = new EmbeddedPostgres.Options(true, true);

    @TempDir
    private Path state;

    private static String ask(EmbeddedPostgres postgres, String sql) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(), EmbeddedPostgres.USER, postgres.password());
                Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery(sql)) {
            answer.next();
            return answer.getString(1);
        }
    }

    @Test
    void it_is_durable_private_and_gone_after_the_manager() throws IOException, SQLException {
        String url;
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(state, DURABLE)) {
            url = postgres.jdbcUrl();
            for (String setting : new String[] {"fsync", "full_page_writes", "synchronous_commit", "data_checksums"}) {
                assertThat(ask(postgres, "SHOW " + setting)).as(setting).isEqualTo("on");
            }
            assertThat(ask(postgres, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state.resolve("postgres.password"))))
                    .isEqualTo("rw-------");
            assertThatThrownBy(() -> DriverManager.getConnection(postgres.jdbcUrl(), EmbeddedPostgres.USER, "wrong"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password");
            assertThatThrownBy(() -> EmbeddedPostgres.start(state, DURABLE)).isInstanceOf(Exception.class);
        }
        assertThat(state.resolve("postgres/postmaster.pid")).doesNotExist();
        assertThatThrownBy(() -> DriverManager.getConnection(url, EmbeddedPostgres.USER, "x"))
                .isInstanceOf(SQLException.class);
    }

    @Test
    void a_server_that_outlived_its_manager_is_used_as_it_is() throws IOException, SQLException {
        String started;
        try (EmbeddedPostgres first = EmbeddedPostgres.start(state, STAYS)) {
            started = ask(first, "SELECT pg_postmaster_start_time()::text");
        }
        try (EmbeddedPostgres second = EmbeddedPostgres.start(state, DURABLE)) {
            assertThat(ask(second, "SELECT pg_postmaster_start_time()::text")).isEqualTo(started);
        }
        assertThat(state.resolve("postgres/postmaster.pid")).doesNotExist();
    }

    @Test
    void what_was_written_is_there_after_a_restart() throws IOException, SQLException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(state, DURABLE)) {
            try (Connection connection = DriverManager.getConnection(
                            postgres.jdbcUrl(), EmbeddedPostgres.USER, postgres.password());
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE kept AS SELECT 42 AS answer");
            }
        }
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(state, DURABLE)) {
            assertThat(ask(postgres, "SELECT answer FROM kept")).isEqualTo("42");
        }
    }

    @Test
    void one_that_stays_is_shared_and_keeps_its_port() throws IOException, SQLException {
        String url;
        try (EmbeddedPostgres first = EmbeddedPostgres.start(state, STAYS)) {
            url = first.jdbcUrl();
            try (EmbeddedPostgres second = EmbeddedPostgres.start(state, STAYS)) {
                assertThat(second.jdbcUrl()).isEqualTo(url);
            }
            assertThat(ask(first, "SELECT 1")).isEqualTo("1");
        }
        try (EmbeddedPostgres last = EmbeddedPostgres.start(state, DURABLE)) {
            assertThat(last.jdbcUrl()).isEqualTo(url);
        }
        try (EmbeddedPostgres startedAgain = EmbeddedPostgres.start(state, DURABLE)) {
            assertThat(startedAgain.jdbcUrl()).isEqualTo(url);
        }
    }
}
