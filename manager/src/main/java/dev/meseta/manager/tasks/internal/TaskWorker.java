package dev.meseta.manager.tasks.internal;

import dev.meseta.manager.shared.ErrorCategory;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.shared.tracing.Span;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.TaskHandler;
import dev.meseta.manager.tasks.internal.ExecutionTable.Park;
import dev.meseta.manager.tasks.internal.HandlerRegistry.Registered;
import dev.meseta.manager.tasks.internal.HeldTasks.Held;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * Runs a task's steps one after the other for as long as they advance, so that no scheduling lies between phases, and
 * says what is to become of the execution.
 */
final class TaskWorker {

    private static final Logger log = LoggerFactory.getLogger(TaskWorker.class);

    /** How long a task that only a newer manager understands is left alone before somebody looks again. */
    private static final Duration LEFT_ALONE = Duration.ofSeconds(5);

    /** Nobody knows whether the agent began: the same operation must be asked for again. */
    private static final Set<ErrorCode> UNKNOWN_OUTCOMES =
            EnumSet.of(ErrorCode.HOST_UNREACHABLE, ErrorCode.OUTCOME_UNKNOWN);

    private final TaskStore store;
    private final HandlerRegistry handlers;
    private final StepCommitter committer;
    private final TaskProgress progress;
    private final TaskMeters meters;
    private final TaskSpans spans;
    private final TaskJson json;
    private final BackOff backOff;
    private final HeldTasks heldTasks;
    private final Duration holding;
    private final InstantSource clock;
    private final Set<String> reportedAsUnknown = ConcurrentHashMap.newKeySet();

    /** @param holding how long a step that waits is kept in hand before its execution is let go of */
    TaskWorker(
            TaskStore store,
            HandlerRegistry handlers,
            StepCommitter committer,
            TaskProgress progress,
            TaskMeters meters,
            TaskSpans spans,
            TaskJson json,
            BackOff backOff,
            HeldTasks heldTasks,
            Duration holding,
            InstantSource clock) {
        this.store = store;
        this.handlers = handlers;
        this.committer = committer;
        this.progress = progress;
        this.meters = meters;
        this.spans = spans;
        this.json = json;
        this.backOff = backOff;
        this.heldTasks = heldTasks;
        this.holding = holding;
        this.clock = clock;
    }

    /**
     * @param stopping the manager is going down: begin no further step
     */
    Outcome run(UUID taskId, BooleanSupplier stopping) {
        // Before the row is read: whatever is signalled after that is not lost.
        Held held = heldTasks.hold(taskId);
        Outcome outcome;
        try (held) {
            outcome = run(taskId, held, stopping);
        }
        return held.isSignalled() ? outcome.atOnce(clock.instant()) : outcome;
    }

    private Outcome run(UUID taskId, Held held, BooleanSupplier stopping) {
        Optional<TaskRow> found = store.find(taskId);
        if (found.isEmpty() || found.get().state().isFinal()) {
            return new Outcome.Over();
        }
        TaskRow first = found.get();
        Optional<Registered<?>> registered = handlers.find(first.kind(), first.schemaVersion());
        if (registered.isEmpty()) {
            if (reportedAsUnknown.add(first.kind() + " " + first.schemaVersion())) {
                log.warn(
                        "Task {} of kind {} with schema version {} is left to a manager that knows it.",
                        taskId,
                        first.kind(),
                        first.schemaVersion());
            }
            return new Outcome.Parked(park(first, LEFT_ALONE), 0);
        }
        return new RequestContext(first.requestedBy(), first.correlationId())
                .call(() -> run(first, registered.get(), held, stopping));
    }

    private <P extends Record> Outcome run(
            TaskRow first, Registered<P> registered, Held held, BooleanSupplier stopping) {
        Outcome next = new Outcome.Go(first);
        while (next instanceof Outcome.Go go) {
            TaskRow row = go.row();
            if (row.state().isFinal()) {
                heldTasks.ended(row.id());
                return new Outcome.Over();
            }
            if (stopping.getAsBoolean()) {
                return new Outcome.Parked(park(row, Duration.ZERO), 0);
            }
            next = step(row, registered, held, stopping);
        }
        return next;
    }

    /** The row with its payload in the shape that the handler knows. */
    private TaskRow reshaped(TaskRow stored, TaskHandler<?> handler) {
        if (stored.schemaVersion() == handler.schemaVersion()) {
            return stored;
        }
        Map<String, Object> payload = handler.upgrade(stored.schemaVersion(), json.readMap(stored.payload()));
        return stored.reshaped(handler.schemaVersion(), json.write(payload));
    }

    private <P extends Record> Outcome step(
            TaskRow stored, Registered<P> registered, Held held, BooleanSupplier stopping) {
        TaskRow row;
        P payload;
        try {
            row = reshaped(stored, registered.handler());
            payload = json.read(row.payload(), registered.handler().payloadType());
        } catch (JacksonException e) {
            log.error("The payload of task {} cannot be read.", stored.id(), e);
            return new Outcome.Go(committer.fail(
                    stored,
                    registered.phases(),
                    ErrorCode.INTERNAL,
                    "The task's payload cannot be read by this manager."));
        }
        var step = new Step<>(row, registered, new StoredContext<>(row, payload, progress), held);
        try {
            return apply(step, measured(step), false);
        } catch (RowMovedOnException e) {
            log.warn("Task {} is being worked on elsewhere; this execution ends.", row.id());
            return new Outcome.Taken();
        } catch (MesetaException e) {
            if (e.code().category() != ErrorCategory.AGENT) {
                return giveUp(step, e.code(), e.getMessage());
            }
            boolean unknown = UNKNOWN_OUTCOMES.contains(e.code());
            return again(step, new Trouble(e.code(), e.getMessage(), unknown, !unknown), false);
        } catch (RuntimeException e) {
            if (stopping.getAsBoolean()) {
                log.info(
                        "Task {} was interrupted by the manager's stop and goes on after its next start.", row.id(), e);
                return new Outcome.Parked(park(row, Duration.ZERO), 0);
            }
            log.error("Phase {} of task {} ({}) threw.", row.phase(), row.id(), row.kind(), e);
            return again(step, Trouble.unexpected(row, e), false);
        }
    }

    private <P extends Record> StepResult<P> measured(Step<P> step) {
        Timer.Sample sample = meters.beginStep();
        String result = "THREW";
        try (Span span = spans.step(step.row())) {
            try {
                StepResult<P> done = traced(step, span);
                result = done.getClass().getSimpleName().toUpperCase(Locale.ROOT);
                return done;
            } finally {
                span.with("meseta.step.result", result);
                meters.endStep(sample, step.row(), result);
            }
        }
    }

    private static <P extends Record> StepResult<P> traced(Step<P> step, Span span) {
        Span.Scope scope = span.enter();
        try {
            return step.handler().step(step.context());
        } catch (MesetaException e) {
            span.failed(e.code().name());
            throw e;
        } catch (RuntimeException e) {
            span.failed(ErrorCode.INTERNAL.name());
            throw e;
        } finally {
            scope.close();
        }
    }

    private <P extends Record> Outcome apply(Step<P> step, StepResult<P> result, boolean givenUp) {
        return switch (result) {
            case StepResult.Advance<P> advance -> {
                step.held().forget();
                yield new Outcome.Go(committer.advance(step.row(), step.phases(), advance));
            }
            case StepResult.Compensate<P> back -> {
                step.held().forget();
                yield new Outcome.Go(committer.compensate(step.row(), step.phases(), back));
            }
            case StepResult.Succeed<P> end -> new Outcome.Go(committer.succeed(step.row(), step.phases(), end));
            case StepResult.Fail<P> end -> new Outcome.Go(committer.fail(step.row(), step.phases(), end));
            case StepResult.Wait<P> wait -> await(step, wait, givenUp);
            case StepResult.Retry<P> retry ->
                again(step, new Trouble(retry.code(), retry.detail(), false, true), givenUp);
        };
    }

    private <P extends Record> Outcome await(Step<P> step, StepResult.Wait<P> wait, boolean givenUp) {
        TaskRow row = step.row();
        Optional<String> tooLate = givenUp ? Optional.empty() : tooLate(step);
        if (tooLate.isPresent()) {
            return giveUp(step, ErrorCode.DEADLINE_EXCEEDED, tooLate.get() + " while it waited.");
        }
        TaskRow current =
                committer.await(row, wait, wait.payload().equals(step.context().payload()));
        if (current.signal() != row.signal() || current.cancelRequested() != row.cancelRequested()) {
            return new Outcome.Go(current);
        }
        if (step.held().signalledWithin(wait.atMost().compareTo(holding) < 0 ? wait.atMost() : holding)) {
            step.held().forget();
            return store.find(row.id()).<Outcome>map(Outcome.Go::new).orElseGet(Outcome.Over::new);
        }
        return new Outcome.Parked(
                new Park(until(step, wait.atMost(), false), false, row.signal(), row.cancelRequested()), 0);
    }

    private <P extends Record> Outcome again(Step<P> step, Trouble trouble, boolean givenUp) {
        TaskRow row = step.row();
        int earlier = store.triesAgain(row.id());
        if (!givenUp) {
            Optional<String> tooLate = tooLate(step);
            if (tooLate.isPresent()) {
                return giveUp(
                        step,
                        ErrorCode.DEADLINE_EXCEEDED,
                        "%s. Last error: %s: %s".formatted(tooLate.get(), trouble.code(), trouble.detail()));
            }
            if (earlier + 1 >= step.handler().maxAttempts(row.phase())) {
                return giveUp(step, trouble.code(), trouble.detail());
            }
        }
        committer.again(row, trouble);
        Duration delay = backOff.after(row.id(), earlier);
        // What the step had seen counts, not what was there when it was written down.
        Park park = new Park(
                until(step, delay, trouble.backingOff()), trouble.backingOff(), row.signal(), row.cancelRequested());
        return new Outcome.Parked(park, trouble.backingOff() ? earlier + 1 : 0);
    }

    private <P extends Record> Outcome giveUp(Step<P> step, ErrorCode code, String detail) {
        TaskRow row = step.row();
        StepResult<P> result;
        try {
            result = step.handler().giveUp(step.context(), code, detail);
        } catch (RuntimeException e) {
            log.error("The handler of task {} ({}) could not say how to give up.", row.id(), row.kind(), e);
            return new Outcome.Go(committer.fail(row, step.phases(), code, detail));
        }
        try {
            return apply(step, result, true);
        } catch (RowMovedOnException e) {
            log.warn("Task {} is being worked on elsewhere; this execution ends.", row.id());
            return new Outcome.Taken();
        } catch (RuntimeException e) {
            log.error("Task {} ({}) could not give up in phase {}.", row.id(), row.kind(), row.phase(), e);
            // Without the effects of giving up the target would stay as the task left it: try again for a while.
            if (store.triesAgain(row.id()) < 2 * step.handler().maxAttempts(row.phase())) {
                return again(step, Trouble.unexpected(row, e), true);
            }
            return new Outcome.Go(committer.fail(row, step.phases(), code, detail));
        }
    }

    /** What has passed of what limits the step: the task's deadline, or the time its phase may take. */
    private Optional<String> tooLate(Step<?> step) {
        TaskRow row = step.row();
        Instant now = clock.instant();
        return limit(step)
                .filter(limit -> !now.isBefore(limit))
                .map(limit -> limit.equals(row.deadline())
                        ? "The task's deadline %s passed in phase %s".formatted(limit, row.phase())
                        : "The time that phase %s may take was over at %s".formatted(row.phase(), limit));
    }

    /** The earlier of both. A compensating task has none any more. */
    private static Optional<Instant> limit(Step<?> step) {
        TaskRow row = step.row();
        if (row.errorCode() != null) {
            return Optional.empty();
        }
        Optional<Instant> ofPhase = step.handler().timeLimit(row.phase()).map(row.phaseSince()::plus);
        return Stream.concat(Optional.ofNullable(row.deadline()).stream(), ofPhase.stream())
                .min(Comparator.naturalOrder());
    }

    private Park park(TaskRow row, Duration atMost) {
        return new Park(clock.instant().plus(atMost), false, row.signal(), row.cancelRequested());
    }

    /** Not beyond a limit, so that it is noticed when it comes. */
    private Instant until(Step<?> step, Duration atMost, boolean backingOff) {
        Instant now = clock.instant();
        Instant until = now.plus(atMost);
        return limit(step)
                .filter(limit -> !backingOff && limit.isAfter(now) && limit.isBefore(until))
                .orElse(until);
    }

    /** One step being run. */
    private record Step<P extends Record>(TaskRow row, Registered<P> registered, StoredContext<P> context, Held held) {

        TaskHandler<P> handler() {
            return registered.handler();
        }

        PhaseMachine phases() {
            return registered.phases();
        }
    }

    /**
     * Why a phase is to run again.
     *
     * @param sameAttempt the operation may have begun: it keeps its id
     * @param backingOff no signal makes it run earlier
     */
    record Trouble(ErrorCode code, String detail, boolean sameAttempt, boolean backingOff) {

        static Trouble unexpected(TaskRow row, RuntimeException e) {
            return new Trouble(
                    ErrorCode.INTERNAL,
                    "Unexpected %s in phase %s; the manager's log has it under task %s."
                            .formatted(e.getClass().getSimpleName(), row.phase(), row.id()),
                    true,
                    true);
        }
    }

    /** What is to become of an execution. */
    sealed interface Outcome {

        /** What waits for a signal is to run now. */
        default Outcome atOnce(Instant now) {
            return this;
        }

        /** Another step. Only inside the worker. */
        record Go(TaskRow row) implements Outcome {}

        /** @param failures tries that failed, 0 when it only waits */
        record Parked(Park park, int failures) implements Outcome {
            @Override
            public Outcome atOnce(Instant now) {
                return park.backingOff()
                        ? this
                        : new Parked(new Park(now, false, park.signalSeen(), park.cancelSeen()), failures);
            }
        }

        /** The task has ended. */
        record Over() implements Outcome {}

        /** Somebody else works on it. */
        record Taken() implements Outcome {}
    }
}
