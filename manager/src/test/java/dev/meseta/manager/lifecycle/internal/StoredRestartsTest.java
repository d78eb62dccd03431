package dev.meseta.manager.lifecycle.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.database.TestPostgres;
import dev.meseta.manager.database.TestRows;
import dev.meseta.manager.lifecycle.internal.CrashHistory.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How often a VM is started again after crashes, on a real database. */
@Tag("integration")
class StoredRestartsTest {

    private static final TestPostgres.Database DATABASE = TestPostgres.create();

    private final JdbcClient jdbc = JdbcClient.create(DATABASE.single());
    private final TestRows rows = new TestRows(jdbc);
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-22T12:00:00Z"));

    @Test
    void a_manager_that_starts_anew_goes_on_counting() {
        UUID vm = vm();
        restart(vm);
        restart(vm);

        assertThat(history().mayRestart(vm)).isEqualTo(Answer.TOO_OFTEN_FIRST_TIME);
        assertThat(history().mayRestart(vm)).isEqualTo(Answer.TOO_OFTEN);
        assertThat(history().mayRestart(vm())).isEqualTo(Answer.YES);
    }

    @Test
    void old_restarts_count_no_more_and_the_next_time_it_is_told_again() {
        UUID vm = vm();
        restart(vm);
        later(Duration.ofMinutes(6));
        restart(vm);
        assertThat(history().mayRestart(vm)).isEqualTo(Answer.TOO_OFTEN_FIRST_TIME);

        later(Duration.ofMinutes(5));
        assertThat(history().mayRestart(vm)).isEqualTo(Answer.YES);
        restart(vm);
        assertThat(history().mayRestart(vm)).isEqualTo(Answer.TOO_OFTEN_FIRST_TIME);
        assertThat(history().mayRestart(vm)).isEqualTo(Answer.TOO_OFTEN);
    }

    @Test
    void a_vm_takes_its_restarts_along() {
        UUID vm = vm();
        restart(vm);

        jdbc.sql("DELETE FROM vm WHERE id = :id").param("id", vm).update();
        restart(vm);

        assertThat(history().mayRestart(vm)).isEqualTo(Answer.YES);
        assertThat(jdbc.sql("SELECT count(*) FROM vm_restart WHERE vm_id = :id")
                        .param("id", vm)
                        .query(Long.class)
                        .single())
                .isZero();
    }

    /** As a manager has it that has just started: two restarts in ten minutes. */
    private CrashHistory history() {
        var properties = new LifecycleProperties(
                Duration.ofSeconds(60), Duration.ofSeconds(10), Duration.ofSeconds(10), 2, Duration.ofMinutes(10));
        return new CrashHistory(new StoredRestarts(jdbc), now::get, properties);
    }

    private void restart(UUID vm) {
        later(Duration.ofSeconds(1));
        history().restarted(vm);
    }

    private void later(Duration time) {
        now.updateAndGet(before -> before.plus(time));
    }

    private UUID vm() {
        return rows.vm(rows.cluster(rows.dataCenter()));
    }
}
