package dev.meseta.manager.lifecycle.internal;

import dev.meseta.manager.lifecycle.BulkVerb;
import dev.meseta.manager.lifecycle.BulkVerbs;
import dev.meseta.manager.lifecycle.internal.Payloads.BulkVms;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.TaskContext;
import dev.meseta.manager.tasks.TaskHandler;
import dev.meseta.manager.tasks.TaskItem;
import dev.meseta.manager.tasks.TaskItems;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * One verb for many VMs: begins a task for each, never more than {@link #AT_A_TIME} unfinished, so that hosts and the
 * person who cancels get their turn. A cancel keeps parts from being begun and asks those that are under way to stop; what
 * has ended stays as it is.
 */
final class VmBulkHandler implements TaskHandler<BulkVms> {

    static final int AT_A_TIME = 50;

    /** How many are begun before somebody may cancel. */
    private static final int AT_ONCE = 10;

    /** The end of every part signals; this only bounds the damage of a lost signal. */
    private static final Duration LOST_SIGNAL = Duration.ofSeconds(10);

    private final BulkVerb verb;
    private final BulkVerbs verbs;
    private final TaskItems items;

    VmBulkHandler(BulkVerb verb, BulkVerbs verbs, TaskItems items) {
        this.verb = verb;
        this.verbs = verbs;
        this.items = items;
    }

    @Override
    public String kind() {
        return verb.taskKind();
    }

    @Override
    public int schemaVersion() {
        return 1;
    }

    @Override
    public Class<BulkVms> payloadType() {
        return BulkVms.class;
    }

    @Override
    public Class<BulkPhase> phases() {
        return BulkPhase.class;
    }

    @Override
    public StepResult<BulkVms> step(TaskContext<BulkVms> context) {
        if (context.cancelRequested()) {
            items.refuseWaiting(context.taskId(), ErrorCode.CANCELLED, "Cancelled before it was begun.");
            items.cancelRunning(context.taskId());
        }
        TaskItems.Counts before = items.counts(context.taskId());
        List<TaskItem> next =
                items.waiting(context.taskId(), Math.max(0, Math.min(AT_ONCE, AT_A_TIME - before.running())));
        var by = new RequestContext(context.requestedBy(), context.correlationId());
        for (TaskItem item : next) {
            items.begin(
                    context.taskId(),
                    item,
                    () -> verbs.begin(
                            verb, item.target().id(), context.payload().mode(), by));
        }
        TaskItems.Counts counts = items.counts(context.taskId());
        report(context, counts);
        if (counts.isOver()) {
            return end(context, counts);
        }
        boolean more = counts.waiting() > 0 && counts.running() < AT_A_TIME;
        return new StepResult.Wait<>(context.payload(), more ? Duration.ZERO : LOST_SIGNAL);
    }

    private static void report(TaskContext<BulkVms> context, TaskItems.Counts counts) {
        context.reportProgress(Map.of(
                "items",
                counts.total(),
                "itemsEnded",
                counts.ended(),
                "itemsFailed",
                counts.ended() - counts.succeeded(),
                "percent",
                counts.total() == 0 ? 100 : 100 * counts.ended() / counts.total()));
    }

    private static StepResult<BulkVms> end(TaskContext<BulkVms> context, TaskItems.Counts counts) {
        if (counts.succeeded() == counts.total()) {
            return new StepResult.Succeed<>(
                    context.payload(),
                    "All %d succeeded.".formatted(counts.total()),
                    StepResult.TransactionalEffects.NONE);
        }
        String sums = "%d of %d succeeded, %d failed, %d were refused, %d cancelled. The list of parts says why."
                .formatted(counts.succeeded(), counts.total(), counts.failed(), counts.refused(), counts.cancelled());
        return new StepResult.Fail<>(
                context.payload(),
                context.cancelRequested() && counts.cancelled() > 0 ? ErrorCode.CANCELLED : ErrorCode.ITEMS_FAILED,
                sums,
                StepResult.TransactionalEffects.NONE);
    }

    /** Parts under way are tasks of their own; whatever is wrong here, they are waited for. */
    @Override
    public StepResult<BulkVms> giveUp(TaskContext<BulkVms> context, ErrorCode code, String detail) {
        return new StepResult.Wait<>(context.payload(), AgentSteps.STUCK);
    }
}
