package dev.meseta.manager.database;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.StringUtils;

/** Which PostgreSQL is used: the one of {@code meseta.database.url}, else the embedded one. */
@Configuration(proxyBeanMethods = false)
class DatabaseConfiguration {

    private static final int OLDEST_MAJOR = 15;

    @Bean
    FlywayMigrationStrategy migrateSupportedDatabase() {
        return flyway -> {
            requireSupported(flyway.getConfiguration().getDataSource());
            flyway.migrate();
        };
    }

    private static void requireSupported(DataSource dataSource) {
        try (Connection connection = dataSource.getConnection()) {
            var server = connection.getMetaData();
            if (!server.getDatabaseProductName().equals("PostgreSQL")
                    || server.getDatabaseMajorVersion() < OLDEST_MAJOR) {
                throw new IllegalStateException("The database is %s %s; Meseta needs PostgreSQL %d or newer"
                        .formatted(server.getDatabaseProductName(), server.getDatabaseProductVersion(), OLDEST_MAJOR));
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The database does not answer: " + e.getMessage(), e);
        }
    }

    @Bean
    OnceForAll onceForAll(JdbcClient jdbc, PlatformTransactionManager transactions) {
        return new OnceForAll(jdbc, new TransactionTemplate(transactions));
    }

    @Configuration(proxyBeanMethods = false)
    @Conditional(NoUrlGiven.class)
    static class Embedded {

        @Bean(destroyMethod = "close")
        EmbeddedPostgres embeddedPostgres(
                @Value("${meseta.database.folder}") Path folder,
                @Value("${meseta.database.durable:true}") boolean durable,
                @Value("${meseta.database.keep-running:false}") boolean keepRunning)
                throws IOException {
            return EmbeddedPostgres.start(folder, new EmbeddedPostgres.Options(durable, keepRunning));
        }

        @Bean
        JdbcConnectionDetails connectionDetails(EmbeddedPostgres postgres) {
            return new Details(new DatabaseAddress(postgres.jdbcUrl(), EmbeddedPostgres.USER, postgres.password()));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @Conditional(UrlGiven.class)
    static class Given {

        @Bean
        JdbcConnectionDetails connectionDetails(
                @Value("${meseta.database.url}") String url,
                @Value("${meseta.database.username:}") String username,
                @Value("${meseta.database.password:}") String password) {
            return new Details(DatabaseAddress.of(url, username, password));
        }
    }

    static final class UrlGiven implements Condition {
        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return StringUtils.hasText(context.getEnvironment().getProperty("meseta.database.url"));
        }
    }

    static final class NoUrlGiven implements Condition {
        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return !StringUtils.hasText(context.getEnvironment().getProperty("meseta.database.url"));
        }
    }

    private record Details(DatabaseAddress address) implements JdbcConnectionDetails {
        @Override
        public String getJdbcUrl() {
            return address.url();
        }

        @Override
        public String getUsername() {
            return address.username();
        }

        @Override
        public String getPassword() {
            return address.password();
        }
    }
}
