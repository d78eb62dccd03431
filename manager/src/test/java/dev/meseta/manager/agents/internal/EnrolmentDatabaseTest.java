package dev.meseta.manager.agents.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.meseta.manager.agents.internal.EnrolmentTokens.Entitlement;
import dev.meseta.manager.agents.internal.EnrolmentTokens.NewToken;
import dev.meseta.manager.database.TestPostgres;
import dev.meseta.manager.database.TestRows;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What must hold against a real database: a token is used once. */
@Tag("integration")
class EnrolmentDatabaseTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final int CALLERS = 8;

    private final HikariDataSource pool = TestPostgres.create().pool();
    private final JdbcClient jdbc = JdbcClient.create(pool);
    private final TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(pool));
    private final EnrolmentTokens tokens = new JdbcEnrolmentTokens(jdbc);
    private final TestRows rows = new TestRows(jdbc);
    private final UUID cluster = rows.cluster(rows.dataCenter());

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void aTokenIsGoodOnceAndUntilItExpires() {
        UUID id = add("hash-1");
        Instant lastMoment = NOW.plusSeconds(59);

        assertThat(tokens.use("hash-2", NOW)).isEmpty();
        assertThat(tokens.use("hash-1", NOW.plusSeconds(60))).isEmpty();
        assertThat(tokens.use("hash-1", lastMoment)).contains(new Entitlement(id, "host-1", cluster, "admin"));
        assertThat(tokens.use("hash-1", lastMoment)).isEmpty();
    }

    @Test
    void aUseThatIsRolledBackLeavesTheTokenGood() {
        add("hash-1");
        transaction.executeWithoutResult(status -> {
            assertThat(tokens.use("hash-1", NOW)).isPresent();
            status.setRollbackOnly();
        });
        assertThat(tokens.use("hash-1", NOW)).isPresent();
    }

    @Test
    void ofManyAtOnceExactlyOneGetsTheToken() throws Exception {
        add("hash-1");
        List<Boolean> successes = together(() -> Boolean.TRUE.equals(
                transaction.execute(status -> tokens.use("hash-1", NOW).isPresent())));

        assertThat(successes).hasSize(CALLERS).containsOnlyOnce(true);
    }

    private UUID add(String hash) {
        UUID id = UUID.randomUUID();
        tokens.add(new NewToken(id, "host-1", cluster, hash, "admin", NOW, NOW.plusSeconds(60)));
        return id;
    }

    private static <T> List<T> together(Callable<T> work) throws Exception {
        CyclicBarrier start = new CyclicBarrier(CALLERS);
        List<Future<T>> futures = new ArrayList<>();
        List<T> results = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(CALLERS)) {
            for (int caller = 0; caller < CALLERS; caller++) {
                futures.add(threads.submit(() -> {
                    start.await(10, TimeUnit.SECONDS);
                    return work.call();
                }));
            }
            for (Future<T> future : futures) {
                results.add(future.get(20, TimeUnit.SECONDS));
            }
        }
        return results;
    }
}
