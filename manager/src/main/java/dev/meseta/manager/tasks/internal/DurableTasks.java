package dev.meseta.manager.tasks.internal;

import dev.meseta.manager.shared.AuditNotes;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.Problems;
import dev.meseta.manager.shared.TakenIn;
import dev.meseta.manager.shared.UuidGenerator;
import dev.meseta.manager.shared.tracing.Span;
import dev.meseta.manager.tasks.Submission;
import dev.meseta.manager.tasks.TaskState;
import dev.meseta.manager.tasks.TaskView;
import dev.meseta.manager.tasks.Tasks;
import dev.meseta.manager.tasks.internal.HandlerRegistry.Registered;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.springframework.transaction.support.TransactionTemplate;

/** Tasks as rows. */
final class DurableTasks implements Tasks {

    private static final int INSERT_TRIES = 3;

    private final TransactionTemplate transactions;
    private final TaskStore store;
    private final ExecutionTable executions;
    private final HandlerRegistry handlers;
    private final Signals signals;
    private final TaskDriver driver;
    private final TaskEvents events;
    private final TaskRecords records;
    private final TaskProgress progress;
    private final TaskSpans spans;
    private final TaskViews views;
    private final TaskJson json;
    private final UuidGenerator ids;
    private final InstantSource clock;

    DurableTasks(
            TransactionTemplate transactions,
            TaskStore store,
            ExecutionTable executions,
            HandlerRegistry handlers,
            Signals signals,
            TaskDriver driver,
            TaskEvents events,
            TaskRecords records,
            TaskProgress progress,
            TaskSpans spans,
            TaskViews views,
            TaskJson json,
            UuidGenerator ids,
            InstantSource clock) {
        this.transactions = transactions;
        this.store = store;
        this.executions = executions;
        this.handlers = handlers;
        this.signals = signals;
        this.driver = driver;
        this.events = events;
        this.records = records;
        this.progress = progress;
        this.spans = spans;
        this.views = views;
        this.json = json;
        this.ids = ids;
        this.clock = clock;
    }

    @Override
    public TaskView submit(Submission<?> submission) {
        Registered<?> registered = handlers.require(submission.kind());
        if (!registered.handler().payloadType().isInstance(submission.payload())) {
            throw new IllegalArgumentException("Tasks of kind " + submission.kind() + " carry a "
                    + registered.handler().payloadType());
        }
        TaskRow row = newRow(submission, registered);
        try (Span span = spans.acceptance(row)) {
            takeIn(row, span);
        }
        AuditNotes.object(row.targetId(), row.targetName());
        return views.fresh(row);
    }

    private void takeIn(TaskRow row, Span span) {
        try {
            transactions.executeWithoutResult(status -> {
                insert(row);
                TakenIn.as(row.id());
                executions.insert(row.id(), row.createdAt());
                events.changed(row);
                records.started(row);
                Signals.afterCommit(driver::checkNow);
            });
        } catch (MesetaException e) {
            span.failed(e.code().name());
            throw e;
        }
    }

    private void insert(TaskRow row) {
        for (int i = 0; i < INSERT_TRIES; i++) {
            if (store.insert(row)) {
                return;
            }
            Optional<TaskRow> other = store.unfinishedExclusive(row.targetId());
            if (other.isPresent()) {
                throw new MesetaException(
                        ErrorCode.TASK_IN_PROGRESS,
                        "The task %s (%s, in phase %s) is at work on %s %s. Wait for its end, or cancel it."
                                .formatted(
                                        other.get().id(),
                                        other.get().kind(),
                                        other.get().phase(),
                                        row.targetKind(),
                                        row.targetName()));
            }
            // It has ended between the two statements.
        }
        throw new MesetaException(
                ErrorCode.TASK_IN_PROGRESS,
                "Other tasks keep working on %s %s. Try again.".formatted(row.targetKind(), row.targetName()));
    }

    private TaskRow newRow(Submission<?> submission, Registered<?> registered) {
        Instant now = clock.instant();
        return new TaskRow(
                ids.next(),
                submission.kind(),
                registered.handler().schemaVersion(),
                TaskState.PENDING,
                registered.phases().first(),
                json.write(submission.payload()),
                submission.targetKind(),
                submission.targetId(),
                submission.targetName(),
                submission.exclusive(),
                0,
                false,
                0,
                "{}",
                submission.correlationId(),
                submission.requestedBy(),
                null,
                null,
                0,
                now,
                now,
                submission
                        .deadline()
                        .or(() -> registered.handler().timeLimit().map(now::plus))
                        .orElse(null),
                null,
                null,
                now);
    }

    @Override
    public Optional<TaskView> find(UUID taskId) {
        return store.find(taskId).map(views::whole);
    }

    @Override
    public Optional<TaskView> unfinishedFor(UUID targetId) {
        return store.unfinishedExclusive(targetId).map(views::of);
    }

    @Override
    public Map<UUID, UUID> unfinishedOf(Collection<UUID> targetIds) {
        return store.unfinishedExclusive(targetIds);
    }

    @Override
    public void signal(UUID taskId) {
        signals.signal(taskId, false);
    }

    @Override
    public TaskView cancel(UUID taskId) {
        TaskRow row = Objects.requireNonNull(transactions.execute(status -> {
            boolean asked = store.requestCancel(taskId, clock.instant());
            TaskRow now = store.find(taskId).orElseThrow(() -> Problems.notFound("task", taskId));
            if (asked) {
                events.changed(now);
                signals.signal(taskId, true);
            }
            return now;
        }));
        return views.of(row);
    }

    @Override
    public void reportProgress(UUID taskId, Map<String, Object> changed) {
        progress.report(taskId, changed);
    }
}
