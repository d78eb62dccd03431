package dev.meseta.manager.tasks.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.TaskContext;
import dev.meseta.manager.tasks.TaskState;
import dev.meseta.manager.tasks.internal.Script.Payload;
import dev.meseta.manager.tasks.internal.Script.Steps;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many tasks at once. */
@Tag("integration")
class TaskLoadTest {

    private static final int TASKS = 200;

    @Test
    void two_hundred_tasks_at_once_all_end() {
        var script = new Script("test.load")
                .on(Steps.FIRST, TaskLoadTest::stumble)
                .on(Steps.SECOND, context -> Script.advance(context, Steps.THIRD))
                .on(Steps.THIRD, Script::succeed);
        try (var bench = EngineBench.start(script)) {
            List<UUID> ids = IntStream.range(0, TASKS)
                    .parallel()
                    .mapToObj(i -> bench.submit("test.load").id())
                    .toList();
            ids.forEach(bench.tasks()::signal);
            for (UUID id : ids) {
                assertThat(bench.ended(id).state()).isEqualTo(TaskState.SUCCEEDED);
            }
            assertThat(bench.jdbc
                            .sql("SELECT count(*) FROM scheduled_tasks WHERE task_name = 'meseta-task' AND NOT picked")
                            .query(Integer.class)
                            .single())
                    .isZero();
        }
    }

    private static StepResult<Payload> stumble(TaskContext<Payload> context) {
        int kind = Math.floorMod(context.taskId().hashCode(), 4);
        if (kind == 0 && context.attempt() < 2) {
            return Script.retry(ErrorCode.AGENT_ERROR);
        }
        if (kind == 1 && context.attempt() < 1) {
            throw new MesetaException(ErrorCode.AGENT_ERROR, "again");
        }
        if (kind == 2 && context.payload().count() == 0) {
            return new StepResult.Wait<>(context.payload().counted(), Duration.ofMillis(20));
        }
        return Script.advance(context, Steps.SECOND);
    }

    @Test
    void throughput() {
        var script = new Script("test.throughput")
                .on(Steps.FIRST, context -> Script.advance(context, Steps.SECOND))
                .on(Steps.SECOND, context -> Script.advance(context, Steps.THIRD))
                .on(Steps.THIRD, Script::succeed);
        try (var bench = EngineBench.start(script)) {
            for (int round = 0; round < 3; round++) {
                long begin = System.nanoTime();
                List<UUID> ids = IntStream.range(0, TASKS)
                        .mapToObj(i -> bench.submit("test.throughput").id())
                        .toList();
                ids.forEach(bench.events::awaitEnd);
                double seconds = (System.nanoTime() - begin) / 1e9;
                System.out.printf("%d tasks of 3 steps: %.0f tasks/s%n", TASKS, TASKS / seconds);
            }
        }
    }

    @Test
    void two_managers_on_one_database_never_run_a_step_twice() {
        Map<String, AtomicInteger> runs = new ConcurrentHashMap<>();
        try (HikariDataSource pool = EngineBench.emptyDatabase().pool();
                var a = new EngineBench(pool, "a", InstantSource.system(), EngineBench.FAST, counting(runs));
                var b = new EngineBench(pool, "b", InstantSource.system(), EngineBench.FAST, counting(runs))) {
            List<UUID> ids = IntStream.range(0, TASKS)
                    .mapToObj(i -> (i % 2 == 0 ? a : b).submit("test.shared").id())
                    .toList();
            for (UUID id : ids) {
                a.events.awaitEnd(id, b.events.end(id));
            }
            assertThat(runs).hasSize(3 * TASKS);
            assertThat(runs.values()).allMatch(count -> count.get() == 1);
        }
    }

    private static Script counting(Map<String, AtomicInteger> runs) {
        return new Script("test.shared")
                .on(Steps.FIRST, context -> {
                    count(runs, context);
                    return Script.advance(context, Steps.SECOND);
                })
                .on(Steps.SECOND, context -> {
                    count(runs, context);
                    return Script.advance(context, Steps.THIRD);
                })
                .on(Steps.THIRD, context -> {
                    count(runs, context);
                    return Script.succeed(context);
                });
    }

    private static void count(Map<String, AtomicInteger> runs, TaskContext<Payload> context) {
        runs.computeIfAbsent(context.operationId(), id -> new AtomicInteger()).incrementAndGet();
    }
}
