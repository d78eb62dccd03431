package dev.meseta.manager.tasks.internal;

import dev.meseta.manager.shared.tracing.Span;
import dev.meseta.manager.shared.tracing.SpanStart;
import dev.meseta.manager.shared.tracing.SpanStart.Role;
import dev.meseta.manager.shared.tracing.TraceIds;
import dev.meseta.manager.shared.tracing.Tracing;

/**
 * What a task looks like in its trace: taken in by a request or by another task's step, then the task from its submission
 * to its end, and under it every step. Any manager can run a step or see the end, so the ids follow from the task's.
 */
final class TaskSpans {

    private final Tracing tracing;

    TaskSpans(Tracing tracing) {
        this.tracing = tracing;
    }

    Span acceptance(TaskRow row) {
        return tracing.isOn()
                ? described(start("accept", Role.PRODUCER, row).called(TraceIds.acceptanceOf(row.id())), row)
                : Span.NONE;
    }

    Span step(TaskRow row) {
        return tracing.isOn()
                ? described(start("step", Role.CONSUMER, row).under(TraceIds.spanOf(row.id())), row)
                        .name("step " + row.kind() + " " + row.phase())
                        .with("meseta.task.phase", row.phase())
                        .with("meseta.task.attempt", row.attempt())
                : Span.NONE;
    }

    /** After the commit that ended it. */
    void ended(TaskRow row) {
        if (!tracing.isOn()) {
            return;
        }
        SpanStart whole = start("task", Role.CONSUMER, row)
                .under(TraceIds.acceptanceOf(row.id()))
                .called(TraceIds.spanOf(row.id()))
                .begunAt(row.createdAt());
        try (Span span = described(whole, row)) {
            span.with("meseta.task.state", row.state().name());
            String code = row.errorCode();
            if (code != null) {
                span.failed(code);
            }
        }
    }

    private static SpanStart start(String what, Role role, TaskRow row) {
        return SpanStart.of(what + " " + row.kind(), role, row.correlationId());
    }

    private Span described(SpanStart start, TaskRow row) {
        return tracing.begin(start)
                .with("meseta.task.id", row.id().toString())
                .with("meseta.task.kind", row.kind())
                .with("meseta.target.kind", row.targetKind())
                .with("meseta.target.id", row.targetId().toString());
    }
}
