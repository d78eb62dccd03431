package dev.meseta.agent.operations;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.errors.Failures;
import dev.meseta.agent.tracing.Traces;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Runs operations. Each is in the journal before it begins and before anybody hears how it ended, so that the same id
 * gets the same answer whatever dies in between. The one exception is an operation of a repeatable kind whose outcome is
 * unknown: the same id runs it again.
 */
public final class Operations {

    private static final System.Logger LOG = System.getLogger(Operations.class.getName());

    private final OperationJournal journal;
    private final FencingEpoch fencing;
    private final InstantSource clock;
    private final Executor executor;
    private final Consumer<OperationRecord> listener;
    private final Traces traces;
    private final Map<String, Active> active = new ConcurrentHashMap<>();

    /**
     * @param executor runs the work; must not queue behind work that waits
     * @param listener hears of every change, after it is in the journal
     */
    public Operations(
            OperationJournal journal,
            FencingEpoch fencing,
            InstantSource clock,
            Executor executor,
            Consumer<OperationRecord> listener) {
        this(journal, fencing, clock, executor, listener, Traces.OFF);
    }

    /** @param traces told of every operation that a caller in a trace began */
    public Operations(
            OperationJournal journal,
            FencingEpoch fencing,
            InstantSource clock,
            Executor executor,
            Consumer<OperationRecord> listener,
            Traces traces) {
        this.journal = journal;
        this.fencing = fencing;
        this.clock = clock;
        this.executor = executor;
        this.listener = listener;
        this.traces = traces;
    }

    /**
     * Begins an operation, or tells how the one with this id stands, when it has ended or the caller's patience has.
     *
     * @throws AgentException FENCED; DEADLINE_EXCEEDED when it is too late to begin; IDEMPOTENCY_KEY_REUSED when the id
     *     was used for another kind or target
     */
    public OperationRecord submit(OperationRequest request, OperationKind kind, String targetId, OperationBody body) {
        Begun begun = fencing.under(request.fencingEpoch(), () -> beginOrFind(request, kind, targetId, body));
        return begun.working()
                .map(active -> active.end(begun.operation(), request.answerWithin()))
                .orElse(begun.operation());
    }

    private Begun beginOrFind(OperationRequest request, OperationKind kind, String targetId, OperationBody body) {
        Active mine = new Active(request.deadline());
        Active other = active.putIfAbsent(request.operationId(), mine);
        if (other != null) {
            return new Begun(sameWork(other.begun.join(), kind, targetId), Optional.of(other));
        }
        try {
            Optional<OperationRecord> known = journal.find(request.operationId());
            if (known.isPresent() && !runsAgain(known.get())) {
                mine.begun.complete(known.get());
                active.remove(request.operationId(), mine);
                return new Begun(sameWork(known.get(), kind, targetId), Optional.empty());
            }
            known.ifPresent(operation -> sameWork(operation, kind, targetId));
            return new Begun(begin(request, kind, targetId, body, mine), Optional.of(mine));
        } catch (AgentException | UncheckedIOException e) {
            active.remove(request.operationId(), mine);
            mine.begun.completeExceptionally(e);
            throw e;
        }
    }

    /**
     * Refuses a caller that was fenced, and from now on everybody with a lower epoch.
     *
     * @param epoch 0: the caller does not say
     * @throws AgentException FENCED
     */
    public void admit(long epoch) {
        if (epoch != 0) {
            fencing.admit(epoch);
        }
    }

    /** The operation as it stands, or empty when this agent has never begun it. */
    public Optional<OperationRecord> find(String operationId) {
        return journal.find(operationId);
    }

    /** Operations under way. */
    public List<OperationRecord> unfinished() {
        return journal.unfinished();
    }

    /**
     * Asks an operation to stop; its end is heard of like any other. No effect on an ended one.
     *
     * @throws AgentException NOT_FOUND
     */
    public OperationRecord cancel(String operationId) {
        Active running = active.get(operationId);
        if (running != null) {
            running.control.cancel();
        }
        return find(operationId)
                .orElseThrow(() -> new AgentException(
                        AgentErrorCode.NOT_FOUND, "This agent has never begun operation " + operationId));
    }

    /** Settles what an earlier life of the agent left unfinished. Call once, before serving. */
    public void settleInterrupted(InterruptedOperations interrupted) {
        for (OperationRecord operation : journal.unfinished()) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "Operation {0} ({1}) was interrupted: asking the host",
                    operation.operationId(),
                    operation.kind().wireName());
            Active settling = new Active(Optional.empty());
            settling.begun.complete(operation);
            active.put(operation.operationId(), settling);
            executor.execute(
                    () -> run(operation, settling, control -> interrupted.settle(operation), Traces.Span.NONE));
        }
    }

    private OperationRecord begin(
            OperationRequest request, OperationKind kind, String targetId, OperationBody body, Active mine) {
        Instant now = clock.instant();
        if (request.deadline().isPresent() && request.deadline().get().isBefore(now)) {
            throw new AgentException(
                    AgentErrorCode.DEADLINE_EXCEEDED,
                    "The deadline " + request.deadline().get() + " has passed; nothing was begun");
        }
        OperationRecord operation = OperationRecord.running(request.operationId(), kind, targetId, now);
        journal.write(operation);
        mine.begun.complete(operation);
        listener.accept(operation);
        Traces.Span span = traced(operation, request);
        executor.execute(() -> Correlation.run(request.correlationId(), () -> {
            LOG.log(
                    System.Logger.Level.INFO,
                    "{0} {1} for {2} begins ({3})",
                    kind.wireName(),
                    targetId,
                    request.requestedBy(),
                    request.operationId());
            run(operation, mine, body, span);
        }));
        return operation;
    }

    private Traces.Span traced(OperationRecord operation, OperationRequest request) {
        return traces.isOn()
                ? traces.begin(
                        operation.kind().wireName(),
                        Map.of(
                                "meseta.operation.id",
                                operation.operationId(),
                                "meseta.operation.epoch",
                                Long.toString(request.fencingEpoch()),
                                "meseta.target.id",
                                operation.targetId(),
                                "meseta.correlation_id",
                                request.correlationId()))
                : Traces.Span.NONE;
    }

    private void run(OperationRecord operation, Active running, OperationBody body, Traces.Span span) {
        OperationRecord end;
        try {
            running.control.stopIfCancelled();
            end = operation.succeeded(body.run(running.control), clock.instant());
        } catch (RuntimeException | Error e) {
            end = failed(operation, e);
        }
        try {
            journal.write(end);
        } catch (UncheckedIOException e) {
            // The effect took place all the same; whoever asks after a restart gets it settled from the host.
            LOG.log(System.Logger.Level.ERROR, "The end of " + operation.operationId() + " is not on the disk", e);
        }
        span.end(end.state().name(), end.failure().map(failure -> failure.code().name()));
        active.remove(operation.operationId(), running);
        running.ended.complete(end);
        LOG.log(
                System.Logger.Level.INFO,
                "{0} {1} ends {2}{3}",
                operation.kind().wireName(),
                operation.targetId(),
                end.state(),
                end.failure()
                        .map(failure -> ": " + failure.code() + " " + failure.detail())
                        .orElse(""));
        listener.accept(end);
    }

    private OperationRecord failed(OperationRecord operation, Throwable thrown) {
        AgentException failure = Failures.of(thrown);
        if (failure.code() == AgentErrorCode.AGENT_ERROR) {
            LOG.log(System.Logger.Level.ERROR, "Operation " + operation.operationId() + " failed", thrown);
        }
        OperationRecord.State state = switch (failure.code()) {
            case CANCELLED, MIGRATION_CANCELLED -> OperationRecord.State.CANCELLED;
            // Who did not expect to fail there cannot say what had been done by then.
            case OUTCOME_UNKNOWN, AGENT_ERROR -> OperationRecord.State.OUTCOME_UNKNOWN;
            default -> OperationRecord.State.FAILED;
        };
        return operation.ended(state, failure.code(), failure.detail(), clock.instant());
    }

    private static boolean runsAgain(OperationRecord operation) {
        return operation.state() == OperationRecord.State.OUTCOME_UNKNOWN
                && operation.kind().repeatable();
    }

    private static OperationRecord sameWork(OperationRecord operation, OperationKind kind, String targetId) {
        if (operation.kind() != kind || !operation.targetId().equals(targetId)) {
            throw new AgentException(
                    AgentErrorCode.IDEMPOTENCY_KEY_REUSED,
                    "Operation " + operation.operationId() + " is "
                            + operation.kind().wireName() + " of " + operation.targetId());
        }
        return operation;
    }

    /** @param working while it is under way */
    private record Begun(OperationRecord operation, Optional<Active> working) {}

    /** An operation under way; {@code begun} is complete once it is in the journal. */
    private static final class Active {
        private final CompletableFuture<OperationRecord> begun = new CompletableFuture<>();
        private final CompletableFuture<OperationRecord> ended = new CompletableFuture<>();
        private final OperationControl control;

        private Active(Optional<Instant> deadline) {
            this.control = new OperationControl(deadline);
        }

        /** As it is when it has ended, or after so long. */
        private OperationRecord end(OperationRecord sinceBegun, Duration patience) {
            try {
                return ended.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                return sinceBegun;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return sinceBegun;
            } catch (ExecutionException e) {
                throw new IllegalStateException("an operation always has an end", e);
            }
        }
    }
}
