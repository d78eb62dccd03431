package dev.meseta.manager.tasks.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.StepResult.TransactionalEffects;
import dev.meseta.manager.tasks.TaskState;
import dev.meseta.manager.tasks.TaskView;
import dev.meseta.manager.tasks.internal.Script.Steps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What becomes of each answer of a step. */
@Tag("integration")
class TaskEngineTest {

    @Test
    void steps_run_one_after_the_other_and_leave_a_log() {
        var seen = new AtomicReference<RequestContext>();
        var script = new Script("test.walk")
                .on(Steps.FIRST, context -> {
                    seen.set(RequestContext.require());
                    return Script.advance(context, Steps.SECOND);
                })
                .on(Steps.SECOND, context -> {
                    context.reportProgress(Map.of("percent", 50, "host", "a"));
                    return Script.advance(context, Steps.THIRD);
                })
                .on(Steps.THIRD, Script::succeed);
        try (var bench = EngineBench.start(script)) {
            TaskView submitted = bench.submit("test.walk");
            assertThat(submitted.state()).isEqualTo(TaskState.PENDING);
            assertThat(submitted.phase()).isEqualTo("FIRST");

            TaskView ended = bench.ended(submitted.id());

            assertThat(ended.state()).isEqualTo(TaskState.SUCCEEDED);
            assertThat(ended.phase()).isEqualTo("SUCCEEDED");
            assertThat(ended.error()).isNull();
            assertThat(ended.finishedAt()).isNotNull();
            assertThat(ended.progress()).containsEntry("percent", 100).containsEntry("host", "a");
            assertThat(ended.steps())
                    .extracting(TaskView.Step::number, TaskView.Step::phase, TaskView.Step::result)
                    .containsExactly(
                            tuple(1, "FIRST", "ADVANCED"),
                            tuple(2, "SECOND", "ADVANCED"),
                            tuple(3, "THIRD", "SUCCEEDED"));
            assertThat(script.phasesRun()).containsExactly("FIRST:0", "SECOND:0", "THIRD:0");
            assertThat(script.operations).allMatch(operation -> operation.matches("[A-Za-z0-9._:-]+"));
            assertThat(seen.get()).isEqualTo(new RequestContext("admin", "correlation"));
            assertThat(bench.events.persisted)
                    .extracting(event ->
                            event.data().get("state") + "/" + event.data().get("phase"))
                    .containsExactly("PENDING/FIRST", "RUNNING/SECOND", "RUNNING/THIRD", "SUCCEEDED/SUCCEEDED");
            assertThat(bench.events.progress).hasSize(1);
        }
    }

    @Test
    void a_retry_is_a_new_attempt_and_many_are_a_failure() {
        var script = new Script("test.retry")
                .maxAttempts(3)
                .on(Steps.FIRST, context -> Script.retry(ErrorCode.DOMAIN_START_FAILED));
        try (var bench = EngineBench.start(script)) {
            TaskView ended = bench.ended(bench.submit("test.retry").id());

            assertThat(ended.state()).isEqualTo(TaskState.FAILED);
            assertThat(ended.error()).isEqualTo(new TaskView.TaskError("DOMAIN_START_FAILED", "not this time"));
            assertThat(script.phasesRun()).containsExactly("FIRST:0", "FIRST:1", "FIRST:2");
            assertThat(ended.steps()).extracting(TaskView.Step::result).containsExactly("RETRIED", "RETRIED", "FAILED");
        }
    }

    @Test
    void an_unknown_outcome_is_asked_for_again_under_the_same_id() {
        var script = new Script("test.unreachable").on(Steps.FIRST, Script::succeed);
        script.on(Steps.FIRST, context -> {
            if (script.operations.size() < 3) {
                throw new MesetaException(ErrorCode.HOST_UNREACHABLE, "no answer from host a");
            }
            return Script.succeed(context);
        });
        try (var bench = EngineBench.start(script)) {
            TaskView ended = bench.ended(bench.submit("test.unreachable").id());

            assertThat(ended.state()).isEqualTo(TaskState.SUCCEEDED);
            assertThat(script.phasesRun()).containsExactly("FIRST:0", "FIRST:0", "FIRST:0");
            assertThat(ended.steps())
                    .extracting(TaskView.Step::result)
                    .containsExactly("REPEATED", "REPEATED", "SUCCEEDED");
        }
    }

    @Test
    void an_answer_of_the_agent_is_tried_again_under_another_id() {
        var script = new Script("test.agent");
        script.on(Steps.FIRST, context -> {
            if (context.attempt() == 0) {
                throw new MesetaException(ErrorCode.AGENT_ERROR, "libvirt said no");
            }
            return Script.succeed(context);
        });
        try (var bench = EngineBench.start(script)) {
            bench.ended(bench.submit("test.agent").id());
            assertThat(script.phasesRun()).containsExactly("FIRST:0", "FIRST:1");
        }
    }

    @Test
    void a_refusal_fails_the_task_at_once_also_from_its_effects() {
        var script = new Script("test.refused")
                .on(
                        Steps.FIRST,
                        context -> Script.advance(context, Steps.SECOND, () -> {
                            throw new MesetaException(ErrorCode.NOT_ENOUGH_CAPACITY, "no host has 4 TiB");
                        }));
        try (var bench = EngineBench.start(script)) {
            TaskView ended = bench.ended(bench.submit("test.refused").id());

            assertThat(ended.state()).isEqualTo(TaskState.FAILED);
            assertThat(ended.phase()).isEqualTo("FIRST");
            assertThat(ended.error()).isEqualTo(new TaskView.TaskError("NOT_ENOUGH_CAPACITY", "no host has 4 TiB"));
            assertThat(script.phasesRun()).containsExactly("FIRST:0");
        }
    }

    @Test
    void what_nobody_expected_is_tried_again_then_INTERNAL() {
        var script = new Script("test.broken").maxAttempts(3).on(Steps.FIRST, context -> {
            throw new IllegalStateException("secret of the implementation");
        });
        try (var bench = EngineBench.start(script)) {
            TaskView ended = bench.ended(bench.submit("test.broken").id());

            assertThat(ended.state()).isEqualTo(TaskState.FAILED);
            TaskView.TaskError error = Objects.requireNonNull(ended.error());
            assertThat(error.code()).isEqualTo("INTERNAL");
            assertThat(error.detail()).doesNotContain("secret").contains("FIRST");
            assertThat(script.phasesRun()).containsExactly("FIRST:0", "FIRST:0", "FIRST:0");
        }
    }

    @Test
    void compensation_remembers_why_and_ends_with_it() {
        var pending = new CopyOnWriteArrayList<Optional<ErrorCode>>();
        var script = new Script("test.undo")
                .on(Steps.FIRST, context -> Script.advance(context, Steps.SECOND))
                .on(
                        Steps.SECOND,
                        context -> new StepResult.Compensate<>(
                                Steps.UNDO.name(),
                                context.payload(),
                                ErrorCode.MIGRATION_FAILED,
                                "the copy broke off",
                                TransactionalEffects.NONE));
        script.on(Steps.UNDO, context -> {
            pending.add(context.pendingError());
            if (context.attempt() == 0) {
                return Script.retry(ErrorCode.AGENT_ERROR);
            }
            return new StepResult.Fail<>(
                    context.payload(),
                    context.pendingError().orElseThrow(),
                    context.pendingErrorDetail(),
                    TransactionalEffects.NONE);
        });
        try (var bench = EngineBench.start(script)) {
            TaskView ended = bench.ended(bench.submit("test.undo").id());

            assertThat(ended.state()).isEqualTo(TaskState.FAILED);
            assertThat(ended.error()).isEqualTo(new TaskView.TaskError("MIGRATION_FAILED", "the copy broke off"));
            assertThat(pending)
                    .containsExactly(Optional.of(ErrorCode.MIGRATION_FAILED), Optional.of(ErrorCode.MIGRATION_FAILED));
            assertThat(ended.steps())
                    .extracting(TaskView.Step::result)
                    .containsExactly("ADVANCED", "COMPENSATED", "RETRIED", "FAILED");
        }
    }

    @Test
    void giving_up_is_the_handlers_to_shape() {
        var undone = new AtomicReference<String>("");
        var script = new Script("test.giveUp")
                .maxAttempts(1)
                .on(Steps.FIRST, context -> Script.retry(ErrorCode.AGENT_ERROR))
                .on(
                        Steps.UNDO,
                        context -> new StepResult.Fail<>(
                                context.payload(),
                                context.pendingError().orElseThrow(),
                                "taken back",
                                () -> undone.set("yes")))
                .whenGivingUp((context, code, detail) -> new StepResult.Compensate<>(
                        Steps.UNDO.name(), context.payload(), code, detail, TransactionalEffects.NONE));
        try (var bench = EngineBench.start(script)) {
            TaskView ended = bench.ended(bench.submit("test.giveUp").id());

            assertThat(ended.error()).isEqualTo(new TaskView.TaskError("AGENT_ERROR", "taken back"));
            assertThat(undone).hasValue("yes");
        }
    }

    @Test
    void a_phase_entered_again_never_reuses_an_operation_id() {
        var script = new Script("test.loop").on(Steps.FIRST, context -> Script.advance(context, Steps.SECOND));
        script.on(
                Steps.SECOND,
                context ->
                        script.operations.size() < 5 ? Script.advance(context, Steps.FIRST) : Script.succeed(context));
        try (var bench = EngineBench.start(script)) {
            bench.ended(bench.submit("test.loop").id());
            assertThat(script.phasesRun())
                    .containsExactly("FIRST:0", "SECOND:0", "FIRST:1", "SECOND:1", "FIRST:2", "SECOND:2");
        }
    }

    @Test
    void an_unreadable_payload_fails_the_task() {
        var script = new Script("test.payload").on(Steps.FIRST, Script::succeed);
        try (var bench = EngineBench.start(script)) {
            UUID id = UUID.randomUUID();
            bench.jdbc.sql("""
                            INSERT INTO task (id, kind, schema_version, state, phase, payload, target_kind, target_id,
                                target_name, exclusive, correlation_id, requested_by, created_at, updated_at)
                            VALUES (:id, 'test.payload', 1, 'PENDING', 'FIRST', '{"count": "many"}', 'vm', :id, 'web-1',
                                true, 'c', 'admin', now(), now())
                            """).param("id", id).update();
            bench.engine.stop();
            bench.engine.start();
            assertThat(bench.ended(id).error())
                    .extracting(TaskView.TaskError::code)
                    .isEqualTo("INTERNAL");
        }
    }

    @Test
    void a_submission_in_a_transaction_begins_with_its_commit_or_not_at_all() {
        var script = new Script("test.transaction").on(Steps.FIRST, Script::succeed);
        try (var bench = EngineBench.start(script)) {
            var submission = EngineBench.submission("test.transaction", UUID.randomUUID(), true, Optional.empty());
            bench.transactions.executeWithoutResult(status -> {
                bench.tasks().submit(submission);
                status.setRollbackOnly();
            });
            TaskView kept = Objects.requireNonNull(
                    bench.transactions.execute(status -> bench.tasks().submit(submission)));

            assertThat(bench.ended(kept.id()).state()).isEqualTo(TaskState.SUCCEEDED);
            assertThat(script.operations).hasSize(1);
            assertThat(bench.jdbc
                            .sql("SELECT count(*) FROM task")
                            .query(Integer.class)
                            .single())
                    .isEqualTo(1);
        }
    }

    @Test
    void two_exclusive_tasks_on_one_target_at_once_one_is_refused() throws Exception {
        var script = new Script("test.exclusive").on(Steps.FIRST, Script::await);
        try (var bench = EngineBench.start(script);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            UUID target = UUID.randomUUID();
            var attempts = IntStream.range(0, 8)
                    .mapToObj(i -> threads.submit(() -> {
                        try {
                            return bench.submit("test.exclusive", target, true, Optional.empty())
                                    .id()
                                    .toString();
                        } catch (MesetaException e) {
                            return e.code() + " " + e.getMessage();
                        }
                    }))
                    .toList();
            var answers = new ArrayList<String>();
            for (var attempt : attempts) {
                answers.add(attempt.get());
            }
            List<String> accepted =
                    answers.stream().filter(answer -> answer.length() == 36).toList();
            assertThat(accepted).hasSize(1);
            assertThat(answers.stream().filter(answer -> answer.startsWith("TASK_IN_PROGRESS")))
                    .hasSize(7)
                    .allMatch(answer -> answer.contains(accepted.getFirst()));
            assertThat(bench.tasks().unfinishedFor(target).orElseThrow().id()).hasToString(accepted.getFirst());
            bench.submit("test.exclusive", target, false, Optional.empty());
        }
    }

    @Test
    void unknown_ids_and_kinds_are_said_to_be_so() {
        var script = new Script("test.known").on(Steps.FIRST, Script::succeed);
        try (var bench = EngineBench.start(script)) {
            UUID nobody = UUID.randomUUID();
            assertThat(bench.tasks().find(nobody)).isEmpty();
            bench.tasks().signal(nobody);
            assertThatThrownBy(() -> bench.tasks().cancel(nobody))
                    .isInstanceOfSatisfying(
                            MesetaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
            assertThatThrownBy(() -> bench.submit("test.unknown")).isInstanceOf(IllegalArgumentException.class);
            TaskView ended = bench.ended(bench.submit("test.known").id());
            bench.tasks().reportProgress(ended.id(), Map.of("late", true));
            assertThat(bench.tasks().cancel(ended.id()).state()).isEqualTo(TaskState.SUCCEEDED);
            assertThat(bench.view(ended.id()).cancelRequested()).isFalse();
            assertThat(bench.view(ended.id()).progress()).doesNotContainKey("late");
        }
    }
}
