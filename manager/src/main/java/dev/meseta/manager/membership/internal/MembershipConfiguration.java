package dev.meseta.manager.membership.internal;

import com.zaxxer.hikari.HikariDataSource;
import dev.meseta.manager.certificates.Sealer;
import dev.meseta.manager.membership.Membership;
import dev.meseta.manager.membership.WhenFenced;
import dev.meseta.manager.shared.ManagerIdentity;
import dev.meseta.manager.shared.Topics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** Beans of this module. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(MembershipProperties.class)
class MembershipConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(MembershipConfiguration.class);

    /** EX_TEMPFAIL of sysexits.h: start me again. */
    private static final int TRY_AGAIN = 75;

    private static final Duration PATIENCE = Duration.ofSeconds(4);

    /** A connection of its own: the lease must not wait until others have done with theirs. */
    @Bean(destroyMethod = "close")
    MembershipConnection membershipConnection(JdbcConnectionDetails database) {
        var pool = new HikariDataSource();
        pool.setPoolName("membership");
        pool.setJdbcUrl(database.getJdbcUrl());
        pool.setUsername(database.getUsername());
        pool.setPassword(database.getPassword());
        pool.setMaximumPoolSize(1);
        pool.setConnectionTimeout(PATIENCE.toMillis());
        pool.addDataSourceProperty("connectTimeout", PATIENCE.toSeconds());
        pool.addDataSourceProperty("socketTimeout", PATIENCE.toSeconds());
        pool.addDataSourceProperty("tcpKeepAlive", true);
        return new MembershipConnection(pool);
    }

    @Bean
    @DependsOnDatabaseInitialization
    LeasedMembership membership(
            MembershipConnection connection,
            ManagerIdentity identity,
            @Value("${meseta.public-address}") String address,
            MembershipProperties properties,
            ApplicationEventPublisher events,
            WhenFenced whenFenced) {
        return new LeasedMembership(
                tableOn(connection.pool()),
                identity,
                address,
                properties,
                events::publishEvent,
                whenFenced,
                System::nanoTime);
    }

    @Bean
    GridMember gridMember(
            JdbcClient jdbc, Membership membership, MembershipProperties properties, MeterRegistry registry) {
        var member = new GridMember(new GridTable(jdbc), membership, properties);
        Gauge.builder("meseta.topics.members", member, GridMember::size)
                .description("Managers that hear each other, as this one sees it; 0: it is alone")
                .register(registry);
        return member;
    }

    @Bean
    Topics topics(
            GridMember member,
            Membership membership,
            Sealer sealer,
            JsonMapper json,
            InstantSource clock,
            MeterRegistry registry) {
        return new SealedTopics(member, membership, sealer, json, clock, new TopicMeters(registry));
    }

    static MemberTable tableOn(DataSource dataSource) {
        return new MemberTable(
                JdbcClient.create(dataSource), new TransactionTemplate(new JdbcTransactionManager(dataSource)));
    }

    /** Nothing of a fenced life may go on. Being killed is the one end that everything here is built to survive. */
    @Bean
    @ConditionalOnMissingBean
    WhenFenced endOfProcess() {
        return life -> {
            LOG.error("This process ends now, as if killed, with exit code {}; start it again", TRY_AGAIN);
            Runtime.getRuntime().halt(TRY_AGAIN);
        };
    }

    /** Not a DataSource, so that nobody else is given it. */
    record MembershipConnection(HikariDataSource pool) implements AutoCloseable {
        @Override
        public void close() {
            pool.close();
        }
    }
}
