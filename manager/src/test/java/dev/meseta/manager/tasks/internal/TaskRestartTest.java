package dev.meseta.manager.tasks.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.meseta.manager.database.TestPostgres;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.StepResult.TransactionalEffects;
import dev.meseta.manager.tasks.TaskContext;
import dev.meseta.manager.tasks.TaskState;
import dev.meseta.manager.tasks.TaskView;
import dev.meseta.manager.tasks.internal.Script.Steps;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionException;

/** What a manager leaves when it dies, and what its next life makes of it. */
@Tag("integration")
class TaskRestartTest {

    private static final int USES_UNTIL_THE_END_AND_MORE = 32;

    /** The agent's side: an operation with an id is carried out once. */
    private final Map<String, Integer> journal = new ConcurrentHashMap<>();

    @Test
    void dying_at_any_use_of_the_database_loses_nothing_and_doubles_nothing() {
        int deaths = 0;
        try (HikariDataSource pool = EngineBench.emptyDatabase().pool()) {
            JdbcClient jdbc = JdbcClient.create(pool);
            jdbc.sql("CREATE TABLE IF NOT EXISTS effect (phase text NOT NULL)").update();
            for (int use = 1; use <= USES_UNTIL_THE_END_AND_MORE; use++) {
                deaths += diesAt(use, false, pool, jdbc) ? 1 : 0;
                deaths += diesAt(use, true, pool, jdbc) ? 1 : 0;
            }
        }
        assertThat(deaths).as("lives that ended early").isGreaterThan(USES_UNTIL_THE_END_AND_MORE);
    }

    private boolean diesAt(int use, boolean afterwards, DataSource pool, JdbcClient jdbc) {
        journal.clear();
        jdbc.sql("TRUNCATE task, task_step, task_item, scheduled_tasks, effect").update();
        String when = "use " + use + (afterwards ? ", carried out" : ", not carried out");
        var mortal = new SeverableDataSource(pool, use, afterwards);
        try (var first = new EngineBench(mortal, "manager", InstantSource.system(), EngineBench.FAST, walk(mortal))) {
            first.events.awaitEnd(first.submit("test.walk").id(), mortal.severed());
        } catch (DataAccessException | TransactionException e) {
            // Died while starting or submitting: whether there is a task, the database knows.
            assertThat(mortal.isSevered()).as(when).isTrue();
        }
        boolean died = mortal.isSevered();
        mortal.sever();
        Optional<UUID> task = jdbc.sql("SELECT id FROM task").query(UUID.class).optional();
        try (var second = new EngineBench(pool, "manager", InstantSource.system(), EngineBench.FAST, walk(pool))) {
            task.ifPresent(id -> {
                if (!second.view(id).state().isFinal()) {
                    second.ended(id);
                }
                assertWalked(second.view(id), jdbc, when);
            });
        }
        return died;
    }

    private void assertWalked(TaskView task, JdbcClient jdbc, String when) {
        assertThat(task.state()).as(when).isEqualTo(TaskState.SUCCEEDED);
        assertThat(task.steps()).as(when).extracting(TaskView.Step::phase).containsExactly("FIRST", "SECOND", "THIRD");
        assertThat(jdbc.sql("SELECT phase FROM effect ORDER BY phase")
                        .query(String.class)
                        .list())
                .as(when)
                .containsExactly("FIRST", "SECOND", "THIRD");
        assertThat(journal)
                .as(when)
                .containsOnlyKeys(task.id() + ":FIRST:0", task.id() + ":SECOND:0", task.id() + ":THIRD:0");
    }

    private Script walk(DataSource dataSource) {
        JdbcClient jdbc = JdbcClient.create(dataSource);
        return new Script("test.walk")
                .on(Steps.FIRST, context -> Script.advance(context, Steps.SECOND, effect(context, jdbc)))
                .on(Steps.SECOND, context -> Script.advance(context, Steps.THIRD, effect(context, jdbc)))
                .on(Steps.THIRD, context -> Script.succeed(context, effect(context, jdbc)));
    }

    private TransactionalEffects effect(TaskContext<Script.Payload> context, JdbcClient jdbc) {
        journal.merge(context.operationId(), 1, Integer::sum);
        return () -> jdbc.sql("INSERT INTO effect VALUES (:phase)")
                .param("phase", context.phase())
                .update();
    }

    @Test
    void a_task_whose_manager_was_killed_goes_on_with_the_same_operation() throws Exception {
        TestPostgres.Database database = EngineBench.emptyDatabase();
        try (HikariDataSource pool = database.pool()) {
            Process manager = KilledManager.spawn(database);
            String operation;
            try {
                operation = manager.inputReader().readLine();
                assertThat(operation).endsWith(":FIRST:0");
            } finally {
                manager.destroyForcibly().waitFor();
            }
            var script = new Script(KilledManager.KIND).on(Steps.FIRST, Script::succeed);
            long restarted = System.nanoTime();
            try (var bench =
                    new EngineBench(pool, KilledManager.NAME, InstantSource.system(), EngineBench.FAST, script)) {
                UUID id = UUID.fromString(operation.substring(0, operation.indexOf(':')));
                assertThat(bench.ended(id).state()).isEqualTo(TaskState.SUCCEEDED);
                assertThat(Duration.ofNanos(System.nanoTime() - restarted)).isLessThan(Duration.ofSeconds(5));
                assertThat(script.operations).containsExactly(operation);
            }
        }
    }

    @Test
    void an_orderly_stop_hands_waiting_and_running_tasks_to_the_next_start() throws Exception {
        try (HikariDataSource pool = EngineBench.emptyDatabase().pool()) {
            var entered = new CountDownLatch(1);
            var waiting = new Script("test.waiting").on(Steps.FIRST, Script::await);
            var blocked = new Script("test.blocked").on(Steps.FIRST, context -> {
                entered.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException("interrupted by the stop", e);
                }
                return Script.succeed(context);
            });
            UUID waitingId;
            UUID blockedId;
            try (var first =
                    new EngineBench(pool, "manager", InstantSource.system(), EngineBench.FAST, waiting, blocked)) {
                waitingId = first.submit("test.waiting").id();
                blockedId = first.submit("test.blocked").id();
                assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
                first.engine.stop();
                assertThat(first.view(blockedId).steps()).isEmpty();
            }
            var on = new Script("test.waiting").on(Steps.FIRST, Script::succeed);
            var free = new Script("test.blocked").on(Steps.FIRST, Script::succeed);
            try (var second = new EngineBench(pool, "manager", InstantSource.system(), EngineBench.FAST, on, free)) {
                assertThat(second.ended(waitingId).state()).isEqualTo(TaskState.SUCCEEDED);
                assertThat(second.ended(blockedId).state()).isEqualTo(TaskState.SUCCEEDED);
                assertThat(free.phasesRun()).containsExactly("FIRST:0");
            }
        }
    }

    @Test
    void a_task_without_a_schedule_is_found_at_the_next_start() {
        try (HikariDataSource pool = EngineBench.emptyDatabase().pool()) {
            var waiting = new Script("test.lost").on(Steps.FIRST, Script::await);
            UUID id;
            try (var first = new EngineBench(pool, "manager", InstantSource.system(), EngineBench.FAST, waiting)) {
                id = first.submit("test.lost").id();
            }
            JdbcClient.create(pool).sql("DELETE FROM scheduled_tasks").update();
            var on = new Script("test.lost").on(Steps.FIRST, Script::succeed);
            try (var second = new EngineBench(pool, "manager", InstantSource.system(), EngineBench.FAST, on)) {
                assertThat(second.ended(id).state()).isEqualTo(TaskState.SUCCEEDED);
            }
        }
    }

    @Test
    void a_task_that_loses_its_schedule_is_found_while_the_manager_runs() throws Exception {
        var looks = new Semaphore(0);
        var over = new AtomicBoolean();
        var script = new Script("test.stuck").on(Steps.FIRST, context -> {
            StepResult<Script.Payload> answer = over.get() ? Script.succeed(context) : Script.await(context);
            looks.release();
            return answer;
        });
        try (var bench = EngineBench.start(script)) {
            UUID id = bench.submit("test.stuck").id();
            assertThat(looks.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
            over.set(true);
            // Not before the step's answer has parked it.
            int deleted = 0;
            for (int look = 0; look < 1_000 && deleted == 0; look++) {
                LockSupport.parkNanos(10_000_000);
                deleted = bench.jdbc
                        .sql("DELETE FROM scheduled_tasks WHERE task_instance = :id AND NOT picked")
                        .param("id", id.toString())
                        .update();
            }
            assertThat(deleted).isEqualTo(1);
            assertThat(bench.ended(id).state()).isEqualTo(TaskState.SUCCEEDED);
        }
    }

    @Test
    void an_older_shape_is_read_and_kept_in_the_new_one_which_the_older_manager_then_leaves_alone() throws Exception {
        var reached = new CountDownLatch(1);
        try (HikariDataSource pool = EngineBench.emptyDatabase().pool()) {
            var old = new Script("test.shape", 1).on(Steps.FIRST, Script::await);
            UUID id;
            try (var first = new EngineBench(pool, "manager", InstantSource.system(), EngineBench.FAST, old)) {
                id = first.submit("test.shape").id();
            }
            var renamed = new Script("test.shape", 2)
                    .upgradingBy(payload -> {
                        payload.put("text", "was " + payload.get("text"));
                        return payload;
                    })
                    .on(Steps.FIRST, context -> {
                        assertThat(context.payload().text()).isEqualTo("was text");
                        return Script.advance(context, Steps.SECOND);
                    })
                    .on(Steps.SECOND, context -> {
                        assertThat(context.payload().text()).isEqualTo("was text");
                        reached.countDown();
                        return Script.await(context);
                    });
            var marker = new Script("test.marker").on(Steps.FIRST, Script::succeed);
            try (var second =
                    new EngineBench(pool, "manager", InstantSource.system(), EngineBench.FAST, renamed, marker)) {
                assertThat(reached.await(10, TimeUnit.SECONDS)).isTrue();
                second.tasks().signal(id);
                second.ended(second.submit("test.marker").id());
                assertThat(second.view(id).phase()).isEqualTo("SECOND");
            }
            old.operations.clear();
            try (var third = new EngineBench(pool, "manager", InstantSource.system(), EngineBench.FAST, old, marker)) {
                third.ended(third.submit("test.marker").id());
                assertThat(old.operations).isEmpty();
                assertThat(third.view(id).progress().get("heldBecause"))
                        .asString()
                        .contains("schema version 2");
            }
        }
    }

    @Test
    void a_newer_shape_is_left_alone_until_somebody_knows_it() throws Exception {
        try (HikariDataSource pool = EngineBench.emptyDatabase().pool()) {
            var newer = new Script("test.newer", 2).on(Steps.FIRST, Script::await);
            UUID id;
            try (var first = new EngineBench(pool, "manager", InstantSource.system(), EngineBench.FAST, newer)) {
                id = first.submit("test.newer").id();
            }
            var older = new Script("test.newer", 1).on(Steps.FIRST, Script::succeed);
            var marker = new Script("test.marker").on(Steps.FIRST, Script::succeed);
            try (var second =
                    new EngineBench(pool, "manager", InstantSource.system(), EngineBench.FAST, older, marker)) {
                // Whatever was due at the start has been looked at when a later task has ended.
                second.ended(second.submit("test.marker").id());
                TaskView held = second.view(id);
                assertThat(held.state().isFinal()).isFalse();
                assertThat(held.steps()).isEmpty();
                assertThat(held.progress().get("heldBecause")).asString().contains("schema version 2");
                assertThat(older.operations).isEmpty();
            }
            var able = new Script("test.newer", 3).on(Steps.FIRST, Script::succeed);
            try (var third = new EngineBench(pool, "manager", InstantSource.system(), EngineBench.FAST, able)) {
                assertThat(third.ended(id).progress()).doesNotContainKey("heldBecause");
            }
        }
    }
}
