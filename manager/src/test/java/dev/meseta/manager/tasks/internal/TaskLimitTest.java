package dev.meseta.manager.tasks.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.zaxxer.hikari.HikariDataSource;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.StepResult.TransactionalEffects;
import dev.meseta.manager.tasks.TaskState;
import dev.meseta.manager.tasks.TaskView;
import dev.meseta.manager.tasks.internal.Script.Steps;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How long kinds of tasks and their phases may take, and what the step log tells of it. */
@Tag("integration")
class TaskLimitTest {

    private final SettableClock clock = new SettableClock();

    @Test
    void a_phase_that_takes_too_long_is_given_up_and_taken_back() throws Exception {
        Instant begin = clock.instant();
        var script = new Script("test.phase-limit")
                .limit(Steps.SECOND, Duration.ofSeconds(30))
                .on(Steps.FIRST, context -> {
                    clock.advance(Duration.ofSeconds(10));
                    return Script.advance(context, Steps.SECOND);
                })
                .on(Steps.SECOND, Script::await)
                .on(
                        Steps.UNDO,
                        context -> new StepResult.Fail<>(
                                context.payload(),
                                context.pendingError().orElseThrow(),
                                context.pendingErrorDetail(),
                                TransactionalEffects.NONE))
                .whenGivingUp((context, code, detail) -> new StepResult.Compensate<>(
                        Steps.UNDO.name(), context.payload(), code, detail, TransactionalEffects.NONE));
        try (HikariDataSource pool = EngineBench.emptyDatabase().pool();
                var bench = new EngineBench(pool, "manager", clock, EngineBench.FAST, script)) {
            UUID id = bench.submit("test.phase-limit").id();
            TaskView ended = endedInTime(bench, id);

            assertThat(ended.state()).isEqualTo(TaskState.FAILED);
            assertThat(ended.error()).satisfies(error -> {
                assertThat(Objects.requireNonNull(error).code()).isEqualTo("DEADLINE_EXCEEDED");
                assertThat(error.detail()).contains("phase SECOND");
            });
            assertThat(ended.steps())
                    .extracting(TaskView.Step::phase, TaskView.Step::result, TaskView.Step::errorCode)
                    .containsExactly(
                            tuple("FIRST", "ADVANCED", null),
                            tuple("SECOND", "COMPENSATED", "DEADLINE_EXCEEDED"),
                            tuple("UNDO", "FAILED", "DEADLINE_EXCEEDED"));
            TaskView.Step first = ended.steps().getFirst();
            TaskView.Step second = ended.steps().get(1);
            assertThat(first.startedAt()).isEqualTo(begin);
            assertThat(first.at()).isAfterOrEqualTo(begin.plusSeconds(10));
            assertThat(second.startedAt()).isEqualTo(first.at());
            assertThat(second.at()).isAfterOrEqualTo(first.at().plusSeconds(30));
        }
    }

    @Test
    void a_kind_that_takes_too_long_ends_unless_its_submission_says_otherwise() throws Exception {
        Instant begin = clock.instant();
        var script = new Script("test.kind-limit").limit(Duration.ofSeconds(20)).on(Steps.FIRST, Script::await);
        try (HikariDataSource pool = EngineBench.emptyDatabase().pool();
                var bench = new EngineBench(pool, "manager", clock, EngineBench.FAST, script)) {
            UUID usual = bench.submit("test.kind-limit").id();
            UUID patient = bench.submit(
                            "test.kind-limit", UUID.randomUUID(), true, Optional.of(begin.plus(Duration.ofDays(1))))
                    .id();
            TaskView ended = endedInTime(bench, usual);
            assertThat(ended.finishedAt()).isAfterOrEqualTo(begin.plusSeconds(20));
            assertThat(bench.view(patient).state().isFinal()).isFalse();
        }
    }

    @Test
    void the_step_log_tells_attempts_and_what_went_wrong() {
        var script = new Script("test.attempts")
                .on(
                        Steps.FIRST,
                        context -> context.attempt() == 0
                                ? Script.retry(ErrorCode.DOMAIN_START_FAILED)
                                : Script.succeed(context));
        try (var bench = EngineBench.start(script)) {
            TaskView ended = bench.ended(bench.submit("test.attempts").id());
            assertThat(ended.steps())
                    .extracting(TaskView.Step::attempt, TaskView.Step::result, TaskView.Step::errorCode)
                    .containsExactly(tuple(0, "RETRIED", "DOMAIN_START_FAILED"), tuple(1, "SUCCEEDED", null));
        }
    }

    /** Moves the clock on until the task has ended; each move gives the engine the time to notice. */
    private TaskView endedInTime(EngineBench bench, UUID id) throws Exception {
        for (int second = 0; second < 120; second++) {
            clock.advance(Duration.ofSeconds(1));
            bench.engine.checkNow();
            try {
                bench.events.end(id).get(50, TimeUnit.MILLISECONDS);
                return bench.view(id);
            } catch (TimeoutException notYet) {
                assertThat(bench.view(id).state().isFinal()).isFalse();
            }
        }
        throw new AssertionError("the task does not end");
    }
}
