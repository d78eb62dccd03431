package dev.meseta.manager.database;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** One embedded PostgreSQL for all tests of a JVM; each caller gets a migrated database of its own. */
public final class TestPostgres {

    private static final String TEMPLATE = "meseta_template";
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static @Nullable EmbeddedPostgres server;

    private TestPostgres() {}

    /** A fresh database with the schema in it. */
    public static Database create() {
        try {
            EmbeddedPostgres running = running();
            String name = "test_" + NUMBER.incrementAndGet();
            execute(running, "CREATE DATABASE " + name + " TEMPLATE " + TEMPLATE);
            return new Database(url(running, name), EmbeddedPostgres.USER, running.password());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static synchronized EmbeddedPostgres running() throws IOException, SQLException {
        EmbeddedPostgres known = server;
        if (known != null) {
            return known;
        }
        Path folder = Files.createTempDirectory("meseta-test-postgres");
        EmbeddedPostgres started = EmbeddedPostgres.start(folder, new EmbeddedPostgres.Options(false, false));
        server = started;
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(started, folder), "stop-test-postgres"));
        execute(started, "CREATE DATABASE " + TEMPLATE);
        Flyway.configure()
                .dataSource(url(started, TEMPLATE), EmbeddedPostgres.USER, started.password())
                .load()
                .migrate();
        return started;
    }

    private static void stop(EmbeddedPostgres postgres, Path folder) {
        try {
            postgres.close();
            PostgresBinaries.deleteRecursively(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void execute(EmbeddedPostgres postgres, String sql) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(), EmbeddedPostgres.USER, postgres.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String url(EmbeddedPostgres postgres, String database) {
        return postgres.jdbcUrl().replaceFirst("/postgres$", "/" + database);
    }

    /** Where a database is and how to get in. */
    public record Database(String jdbcUrl, String username, String password) {

        /** A pool as the manager has one. */
        public HikariDataSource pool() {
            var pool = new HikariDataSource();
            pool.setJdbcUrl(jdbcUrl);
            pool.setUsername(username);
            pool.setPassword(password);
            pool.setMaximumPoolSize(20);
            return pool;
        }

        /** For asserting and preparing, apart from what is under test. */
        public DataSource single() {
            return new DriverManagerDataSource(jdbcUrl, username, password);
        }

        @Override
        public String toString() {
            return "Database[" + jdbcUrl + "]";
        }
    }
}
