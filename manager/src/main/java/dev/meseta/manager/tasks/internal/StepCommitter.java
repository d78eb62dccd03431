package dev.meseta.manager.tasks.internal;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.tasks.StepKind;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.StepResult.TransactionalEffects;
import dev.meseta.manager.tasks.TaskState;
import dev.meseta.manager.tasks.internal.TaskRow.Committed;
import dev.meseta.manager.tasks.internal.TaskRow.StepChange;
import dev.meseta.manager.tasks.internal.TaskWorker.Trouble;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Writes what a step decided: its effects, its line in the log, the row and the event, in one transaction that takes
 * place only if the row is still as the step saw it. Every method throws {@link RowMovedOnException} when it is not.
 */
final class StepCommitter {

    private final TransactionTemplate transactions;
    private final TaskStore store;
    private final TaskEvents events;
    private final TaskRecords records;
    private final Signals signals;
    private final EndWaits waits;
    private final TaskMeters meters;
    private final TaskSpans spans;
    private final TaskJson json;
    private final InstantSource clock;

    StepCommitter(
            TransactionTemplate transactions,
            TaskStore store,
            TaskEvents events,
            TaskRecords records,
            Signals signals,
            EndWaits waits,
            TaskMeters meters,
            TaskSpans spans,
            TaskJson json,
            InstantSource clock) {
        this.transactions = transactions;
        this.store = store;
        this.events = events;
        this.records = records;
        this.signals = signals;
        this.waits = waits;
        this.meters = meters;
        this.spans = spans;
        this.json = json;
        this.clock = clock;
    }

    TaskRow advance(TaskRow row, PhaseMachine phases, StepResult.Advance<?> step) {
        phases.requireTransition(row.phase(), step.phase());
        return commit(
                row,
                new StepChange(
                        TaskState.RUNNING,
                        step.phase(),
                        json.write(step.payload()),
                        row.errorCode(),
                        row.errorDetail(),
                        StepKind.ADVANCED,
                        step.detail(),
                        null,
                        true),
                step.effects());
    }

    TaskRow compensate(TaskRow row, PhaseMachine phases, StepResult.Compensate<?> step) {
        phases.requireTransition(row.phase(), step.phase());
        return commit(
                row,
                new StepChange(
                        TaskState.RUNNING,
                        step.phase(),
                        json.write(step.payload()),
                        step.code().name(),
                        step.detail(),
                        StepKind.COMPENSATED,
                        step.code() + ": " + step.detail(),
                        step.code(),
                        true),
                step.effects());
    }

    TaskRow succeed(TaskRow row, PhaseMachine phases, StepResult.Succeed<?> step) {
        phases.requireSuccess(row.phase());
        return commit(
                row,
                new StepChange(
                        TaskState.SUCCEEDED,
                        phases.end(TaskState.SUCCEEDED, row.phase()),
                        json.write(step.payload()),
                        null,
                        null,
                        StepKind.SUCCEEDED,
                        step.detail(),
                        null,
                        false),
                step.effects());
    }

    TaskRow fail(TaskRow row, PhaseMachine phases, StepResult.Fail<?> step) {
        return fail(row, phases, json.write(step.payload()), step.code(), step.detail(), step.effects());
    }

    /** For a task whose handler cannot be asked. */
    TaskRow fail(TaskRow row, PhaseMachine phases, ErrorCode code, String detail) {
        return fail(row, phases, row.payload(), code, detail, TransactionalEffects.NONE);
    }

    private TaskRow fail(
            TaskRow row,
            PhaseMachine phases,
            String payload,
            ErrorCode code,
            String detail,
            TransactionalEffects effects) {
        boolean cancelled = code == ErrorCode.CANCELLED || code == ErrorCode.MIGRATION_CANCELLED;
        TaskState state = cancelled ? TaskState.CANCELLED : TaskState.FAILED;
        return commit(
                row,
                new StepChange(
                        state,
                        phases.end(state, row.phase()),
                        payload,
                        code.name(),
                        detail,
                        cancelled ? StepKind.CANCELLED : StepKind.FAILED,
                        code + ": " + detail,
                        code,
                        false),
                effects);
    }

    /** The phase is to run again. */
    TaskRow again(TaskRow row, Trouble trouble) {
        return commit(
                row,
                change(
                        row,
                        row.payload(),
                        trouble.sameAttempt() ? StepKind.REPEATED : StepKind.RETRIED,
                        trouble.code() + ": " + trouble.detail(),
                        trouble.code(),
                        !trouble.sameAttempt()),
                TransactionalEffects.NONE);
    }

    /** Nothing is written when nothing changed. */
    TaskRow await(TaskRow row, StepResult.Wait<?> wait, boolean samePayload) {
        if (samePayload && row.state() == TaskState.RUNNING) {
            return row;
        }
        return commit(row, change(row, json.write(wait.payload()), null, "", null, false), TransactionalEffects.NONE);
    }

    private static StepChange change(
            TaskRow row,
            String payload,
            @Nullable StepKind kind,
            String detail,
            @Nullable ErrorCode stepError,
            boolean countAttempt) {
        return new StepChange(
                TaskState.RUNNING,
                row.phase(),
                payload,
                row.errorCode(),
                row.errorDetail(),
                kind,
                detail,
                stepError,
                countAttempt);
    }

    private TaskRow commit(TaskRow row, StepChange change, TransactionalEffects effects) {
        Instant now = clock.instant();
        return Objects.requireNonNull(transactions.execute(status -> {
            // First, so that the task's row is the last lock taken: whoever holds a VM's row may wait for a task's,
            // never the other way round.
            effects.apply();
            Committed committed = store.commit(row, change, now).orElseThrow(() -> new RowMovedOnException(row.id()));
            TaskRow after = row.after(change, committed, now);
            if (change.result() != null || change.state() != row.state()) {
                events.changed(after);
            }
            if (after.state().isFinal()) {
                records.ended(after);
                UUID parentId = after.parentId();
                if (parentId != null) {
                    signals.signal(parentId, false);
                }
                Signals.afterCommit(() -> {
                    waits.ended(after.id());
                    meters.ended(after, now);
                    spans.ended(after);
                });
            }
            return after;
        }));
    }
}
