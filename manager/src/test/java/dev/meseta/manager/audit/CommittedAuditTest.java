package dev.meseta.manager.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ManagerIntegrationTest;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Records that come with a transaction. */
class CommittedAuditTest extends ManagerIntegrationTest {

    @Autowired
    private CommittedAudit committed;

    @Autowired
    private Audit audit;

    @Autowired
    private PlatformTransactionManager transactions;

    private static Audit.Entry entry(String action) {
        return new Audit.Entry(
                "tester", "", action, "vms", "an id", "a name", Audit.Outcome.SUCCESS, "", "c", Map.of("n", 1));
    }

    /** The writer takes what is pending after the batch with which it was woken, and before the next one. */
    private void writerHasLooked() {
        audit.record(entry("barrier"));
        audit.record(entry("barrier"));
    }

    private int recorded(String action) {
        return api.get("/audit?q=action:" + action).json().path("items").size();
    }

    private long pending() {
        return jdbc.sql("SELECT count(*) FROM audit_pending").query(Long.class).single();
    }

    @Test
    void what_commits_is_in_the_chain_and_what_does_not_is_nowhere() {
        TransactionTemplate transaction = new TransactionTemplate(transactions);
        transaction.executeWithoutResult(status -> committed.record(entry("with-commit")));
        transaction.executeWithoutResult(status -> {
            committed.record(entry("with-rollback"));
            status.setRollbackOnly();
        });
        writerHasLooked();
        assertThat(recorded("with-commit")).isEqualTo(1);
        assertThat(recorded("with-rollback")).isZero();
        assertThat(pending()).isZero();
        assertThat(api.get("/audit/verify").json().path("whole").booleanValue()).isTrue();
    }

    @Test
    void what_a_dead_manager_left_is_taken_in_by_another() {
        jdbc.sql("""
                        INSERT INTO audit_pending (line) VALUES ('{"kind":"record","at":"2026-11-27T10:00:00.000001Z",
                            "principal":"p","remoteAddress":"","action":"left-behind","objectKind":"","objectId":"",
                            "objectName":"","outcome":"SUCCESS","code":"","correlationId":"","detail":{"a":1}}')""").update();
        new TransactionTemplate(transactions).executeWithoutResult(status -> committed.record(entry("waker")));
        writerHasLooked();
        assertThat(recorded("left-behind")).isEqualTo(1);
        assertThat(api.get("/audit/verify").json().path("whole").booleanValue()).isTrue();
    }

    @Test
    void more_than_fit_in_one_transaction_all_come() {
        long before = recordsOf("many");
        TransactionTemplate transaction = new TransactionTemplate(transactions);
        long begin = System.nanoTime();
        transaction.executeWithoutResult(status -> {
            for (int number = 0; number < 1200; number++) {
                committed.record(entry("many"));
            }
        });
        System.out.printf(
                "a record with its transaction takes %.3f ms of it%n", (System.nanoTime() - begin) / 1e6 / 1200);
        writerHasLooked();
        assertThat(recordsOf("many") - before).isEqualTo(1200);
        assertThat(api.get("/audit/verify").json().path("whole").booleanValue()).isTrue();
    }

    private long recordsOf(String action) {
        return jdbc.sql("SELECT count(*) FROM audit_record WHERE action = :action")
                .param("action", action)
                .query(Long.class)
                .single();
    }
}
