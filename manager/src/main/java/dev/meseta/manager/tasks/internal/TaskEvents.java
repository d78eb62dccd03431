package dev.meseta.manager.tasks.internal;

import dev.meseta.manager.shared.EventKind;
import dev.meseta.manager.shared.EventPublisher;
import dev.meseta.manager.shared.EventPublisher.EventDraft;
import dev.meseta.manager.shared.EventPublisher.Severity;
import dev.meseta.manager.tasks.TaskState;
import java.util.Map;

/** Says that a task changed. */
final class TaskEvents {

    private final EventPublisher publisher;

    TaskEvents(EventPublisher publisher) {
        this.publisher = publisher;
    }

    /** In the transaction that changed it. */
    void changed(TaskRow row) {
        publisher.publish(new EventDraft(
                EventKind.TASK_CHANGED.text(),
                "task",
                row.id(),
                severity(row.state()),
                row.errorCode() == null ? "" : row.errorCode(),
                message(row),
                Map.of(
                        "taskId", row.id().toString(),
                        "kind", row.kind(),
                        "state", row.state().name(),
                        "phase", row.phase(),
                        "targetKind", row.targetKind(),
                        "targetId", row.targetId().toString(),
                        "targetName", row.targetName(),
                        "cancelRequested", row.cancelRequested())));
    }

    private static Severity severity(TaskState state) {
        return switch (state) {
            case FAILED -> Severity.ERROR;
            case CANCELLED -> Severity.WARNING;
            case PENDING, RUNNING, SUCCEEDED -> Severity.INFO;
        };
    }

    private static String message(TaskRow row) {
        String what = row.kind() + " of " + row.targetKind() + " " + row.targetName();
        return switch (row.state()) {
            case PENDING -> what + " was accepted.";
            case RUNNING -> what + " is in phase " + row.phase() + ".";
            case SUCCEEDED -> what + " succeeded.";
            case CANCELLED -> what + " was cancelled.";
            case FAILED -> what + " failed: " + row.errorDetail();
        };
    }
}
