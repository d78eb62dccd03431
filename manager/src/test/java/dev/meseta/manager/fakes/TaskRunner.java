package dev.meseta.manager.fakes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.shared.ErrorCategory;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.tasks.Phase;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.Submission;
import dev.meseta.manager.tasks.TaskHandler;
import dev.meseta.manager.tasks.TaskState;
import dev.meseta.manager.tasks.TaskView;
import dev.meseta.manager.tasks.Tasks;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The task engine without threads and database: runs due steps when told to. Keeps the engine's rules: one exclusive task
 * per target, payloads survive as JSON, only transitions the phases name, effects commit with the step, a signal is never
 * lost, the same operation ids after a crash.
 */
public final class TaskRunner implements Tasks {

    private static final int MOST_STEPS = 1_000;

    /** The manager dies after each step's remote calls once, before anything commits; so every phase runs twice. */
    public boolean everyStepTwice;

    private final FakeRows rows;
    private final SettableClock clock;
    private final Map<String, TaskHandler<?>> handlers = new HashMap<>();
    private final Map<UUID, Map<String, Object>> progress = new HashMap<>();
    private final Set<String> interrupted = new HashSet<>();
    private final JsonMapper json = JsonMapper.builder().build();
    private boolean crashNext;
    private int submitted;

    public TaskRunner(FakeRows rows, SettableClock clock) {
        this.rows = rows;
        this.clock = clock;
    }

    public void register(TaskHandler<?> handler) {
        handlers.put(handler.kind(), handler);
    }

    /** A task as stored. */
    public record Row(
            UUID id,
            String kind,
            TaskState state,
            String phase,
            String payload,
            UUID targetId,
            String targetName,
            boolean exclusive,
            int attempt,
            int tries,
            boolean cancelRequested,
            boolean signalled,
            Instant dueAt,
            @Nullable ErrorCode error,
            String detail,
            List<String> phases) {

        Row at(Instant due) {
            return with(state, phase, payload, attempt, tries, cancelRequested, false, due, error, detail);
        }

        Row woken(boolean cancel) {
            return with(state, phase, payload, attempt, tries, cancelRequested || cancel, true, dueAt, error, detail);
        }

        /** The same task later; a new phase is noted. */
        Row with(
                TaskState newState,
                String newPhase,
                String newPayload,
                int newAttempt,
                int newTries,
                boolean cancel,
                boolean woken,
                Instant due,
                @Nullable ErrorCode newError,
                String newDetail) {
            List<String> passed = new ArrayList<>(phases);
            if (!newPhase.equals(phase)) {
                passed.add(newPhase);
            }
            return new Row(
                    id,
                    kind,
                    newState,
                    newPhase,
                    newPayload,
                    targetId,
                    targetName,
                    exclusive,
                    newAttempt,
                    newTries,
                    cancel,
                    woken,
                    due,
                    newError,
                    newDetail,
                    List.copyOf(passed));
        }
    }

    // --- what a test does

    /** Runs steps for as long as one is due. */
    public void run() {
        for (int step = 0; step < MOST_STEPS; step++) {
            if (!runOne()) {
                return;
            }
        }
        throw new AssertionError("the tasks never come to rest");
    }

    /** Runs one step that is due; false when none is. */
    public boolean runOne() {
        Optional<Row> due = rows.tasks.values().stream()
                .filter(row -> !row.state().isFinal())
                .filter(row -> row.signalled() || !row.dueAt().isAfter(clock.instant()))
                .findFirst();
        due.ifPresent(this::step);
        return due.isPresent();
    }

    /** Kinds of tasks there are, with their phases in which steps run, as kind/PHASE. */
    public Set<String> phasesWithSteps() {
        return handlers.values().stream()
                .flatMap(handler -> phasesOf(handler)
                        .filter(phase -> phase instanceof Phase named && !named.isFinal())
                        .map(phase -> handler.kind() + "/" + phase.name()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The manager is killed after the remote calls of the next step, before its commit. */
    public void crashInNextStep() {
        crashNext = true;
    }

    public Row row(UUID taskId) {
        return Objects.requireNonNull(rows.tasks.get(taskId), () -> "no task " + taskId);
    }

    public Map<String, Object> progressOf(UUID taskId) {
        return progress.getOrDefault(taskId, Map.of());
    }

    public List<Row> all() {
        return List.copyOf(rows.tasks.values());
    }

    // --- the engine

    private void step(Row row) {
        stepWith(row, handler(row.kind()));
    }

    private TaskHandler<?> handler(String kind) {
        return Objects.requireNonNull(handlers.get(kind), () -> "no handler of " + kind);
    }

    private <P extends Record> void stepWith(Row row, TaskHandler<P> handler) {
        P payload = json.readValue(row.payload(), handler.payloadType());
        rows.tasks.put(row.id(), row.at(Instant.MAX));
        var context = new RunnerContext<>(this, row, payload);
        StepResult<P> result;
        try {
            result = handler.step(context);
        } catch (MesetaException e) {
            if (e.code().category() == ErrorCategory.AGENT) {
                result = new StepResult.Retry<>(e.code(), e.getMessage() == null ? "" : e.getMessage());
            } else {
                result = handler.giveUp(context, e.code(), e.getMessage() == null ? "" : e.getMessage());
            }
        }
        boolean interruptNow = crashNext
                || (everyStepTwice && interrupted.add(row.id() + row.phase() + row.attempt() + row.payload()));
        crashNext = false;
        if (interruptNow) {
            rows.tasks.put(row.id(), row.at(clock.instant()));
            return;
        }
        if (result instanceof StepResult.Retry<P> retry && row.tries() + 1 >= handler.maxAttempts(row.phase())) {
            result = handler.giveUp(context, retry.code(), retry.detail());
        }
        StepResult<P> decided = result;
        try {
            rows.executeWithoutResult(status -> commit(row, handler, decided));
        } catch (MesetaException e) {
            StepResult<P> given = handler.giveUp(context, e.code(), e.getMessage() == null ? "" : e.getMessage());
            rows.executeWithoutResult(status -> commit(row, handler, given));
        }
    }

    private <P extends Record> void commit(Row before, TaskHandler<P> handler, StepResult<P> result) {
        Row now = row(before.id());
        boolean woken = now.signalled() || now.cancelRequested() != before.cancelRequested();
        switch (result) {
            case StepResult.Advance<P> advance -> {
                advance.effects().apply();
                move(now, handler, advance.phase(), advance.payload(), now.error(), now.detail());
            }
            case StepResult.Compensate<P> back -> {
                back.effects().apply();
                move(now, handler, back.phase(), back.payload(), back.code(), back.detail());
            }
            case StepResult.Wait<P> wait ->
                store(
                        now,
                        TaskState.RUNNING,
                        now.phase(),
                        wait.payload(),
                        now.attempt(),
                        now.tries(),
                        woken,
                        clock.instant().plus(wait.atMost()),
                        now.error(),
                        now.detail());
            case StepResult.Retry<P> retry ->
                rows.tasks.put(
                        now.id(),
                        now.with(
                                TaskState.RUNNING,
                                now.phase(),
                                now.payload(),
                                now.attempt() + 1,
                                now.tries() + 1,
                                now.cancelRequested(),
                                woken,
                                clock.instant(),
                                now.error(),
                                retry.detail()));
            case StepResult.Succeed<P> end -> {
                end.effects().apply();
                end(now, handler, TaskState.SUCCEEDED, end.payload(), null, end.detail());
            }
            case StepResult.Fail<P> end -> {
                end.effects().apply();
                boolean cancelled = end.code() == ErrorCode.CANCELLED || end.code() == ErrorCode.MIGRATION_CANCELLED;
                end(
                        now,
                        handler,
                        cancelled ? TaskState.CANCELLED : TaskState.FAILED,
                        end.payload(),
                        end.code(),
                        end.detail());
            }
        }
    }

    private void move(
            Row now, TaskHandler<?> handler, String to, Record payload, @Nullable ErrorCode error, String detail) {
        requireNamed(handler, now.phase(), to);
        store(now, TaskState.RUNNING, to, payload, now.attempt() + 1, 0, false, clock.instant(), error, detail);
    }

    private void end(
            Row now,
            TaskHandler<?> handler,
            TaskState state,
            Record payload,
            @Nullable ErrorCode error,
            String detail) {
        boolean named = phasesOf(handler).anyMatch(phase -> phase.name().equals(state.name()));
        if (state == TaskState.SUCCEEDED) {
            requireNamed(handler, now.phase(), state.name());
        }
        store(
                now,
                state,
                named ? state.name() : now.phase(),
                payload,
                now.attempt(),
                0,
                false,
                Instant.MAX,
                error,
                detail);
    }

    private void store(
            Row now,
            TaskState state,
            String phase,
            Record payload,
            int attempt,
            int tries,
            boolean signalled,
            Instant dueAt,
            @Nullable ErrorCode error,
            String detail) {
        rows.tasks.put(
                now.id(),
                now.with(
                        state,
                        phase,
                        json.writeValueAsString(payload),
                        attempt,
                        tries,
                        now.cancelRequested(),
                        signalled,
                        dueAt,
                        error,
                        detail));
    }

    private static void requireNamed(TaskHandler<?> handler, String from, String to) {
        Enum<?> source = phasesOf(handler)
                .filter(phase -> phase.name().equals(from))
                .findFirst()
                .orElseThrow();
        Enum<?> target = phasesOf(handler)
                .filter(phase -> phase.name().equals(to))
                .findFirst()
                .orElseThrow();
        if (source instanceof Phase phase) {
            assertThat(phase.next())
                    .as("phases after %s", from)
                    .anySatisfy(next -> assertThat(next).isEqualTo(target));
        }
    }

    private static Stream<? extends Enum<?>> phasesOf(TaskHandler<?> handler) {
        return Stream.of(handler.phases().getEnumConstants());
    }

    // --- Tasks

    @Override
    public TaskView submit(Submission<?> submission) {
        if (submission.exclusive() && unfinishedFor(submission.targetId()).isPresent()) {
            throw new MesetaException(ErrorCode.TASK_IN_PROGRESS, "Another task is at work.");
        }
        TaskHandler<?> handler = handler(submission.kind());
        submitted++;
        String first = phasesOf(handler).findFirst().orElseThrow().name();
        Row row = new Row(
                new UUID(0x7000L, 0x8000_0000_0000_0000L + submitted),
                submission.kind(),
                TaskState.PENDING,
                first,
                json.writeValueAsString(submission.payload()),
                submission.targetId(),
                submission.targetName(),
                submission.exclusive(),
                0,
                0,
                false,
                false,
                clock.instant(),
                null,
                "",
                List.of(first));
        rows.tasks.put(row.id(), row);
        return view(row);
    }

    @Override
    public Optional<TaskView> find(UUID taskId) {
        return Optional.ofNullable(rows.tasks.get(taskId)).map(this::view);
    }

    @Override
    public Optional<TaskView> unfinishedFor(UUID targetId) {
        return rows.tasks.values().stream()
                .filter(row -> row.exclusive()
                        && row.targetId().equals(targetId)
                        && !row.state().isFinal())
                .findFirst()
                .map(this::view);
    }

    @Override
    public void signal(UUID taskId) {
        rows.tasks.computeIfPresent(taskId, (id, row) -> row.woken(false));
    }

    @Override
    public TaskView cancel(UUID taskId) {
        rows.tasks.computeIfPresent(taskId, (id, row) -> row.woken(true));
        return view(row(taskId));
    }

    @Override
    public void reportProgress(UUID taskId, Map<String, Object> changed) {
        progress.computeIfAbsent(taskId, id -> new HashMap<>()).putAll(changed);
    }

    private TaskView view(Row row) {
        ErrorCode error = row.error();
        return new TaskView(
                row.id(),
                row.kind(),
                row.state(),
                row.phase(),
                progressOf(row.id()),
                List.of(),
                null,
                List.of(),
                new TaskView.Target("vm", row.targetId(), row.targetName()),
                "tester",
                "correlation",
                error == null ? null : new TaskView.TaskError(error.name(), row.detail()),
                row.cancelRequested(),
                clock.instant(),
                clock.instant(),
                row.state().isFinal() ? clock.instant() : null);
    }
}
