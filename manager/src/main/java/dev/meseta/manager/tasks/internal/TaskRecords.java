package dev.meseta.manager.tasks.internal;

import dev.meseta.manager.audit.Audit;
import dev.meseta.manager.audit.Audit.Outcome;
import dev.meseta.manager.audit.CommittedAudit;
import dev.meseta.manager.tasks.TaskState;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Records that a task was taken in and that it ended, with the change of its row. */
final class TaskRecords {

    private static final String STARTED = "task.started";
    private static final String ENDED = "task.ended";

    private final CommittedAudit audit;

    TaskRecords(CommittedAudit audit) {
        this.audit = audit;
    }

    /** In the transaction that takes it in. */
    void started(TaskRow row) {
        record(row, STARTED, Outcome.SUCCESS, "", detail(row));
    }

    /** In the transaction that ends it. */
    void ended(TaskRow row) {
        Map<String, Object> detail = detail(row);
        detail.put("state", row.state().name());
        detail.put(
                "milliseconds",
                Duration.between(row.createdAt(), row.updatedAt()).toMillis());
        if (row.errorDetail() != null) {
            detail.put("error", row.errorDetail());
        }
        record(
                row,
                ENDED,
                row.state() == TaskState.SUCCEEDED ? Outcome.SUCCESS : Outcome.FAILED,
                row.errorCode() == null ? "" : row.errorCode(),
                detail);
    }

    private static Map<String, Object> detail(TaskRow row) {
        Map<String, Object> detail = new TreeMap<>();
        detail.put("taskId", row.id().toString());
        detail.put("task", row.kind());
        return detail;
    }

    private void record(TaskRow row, String action, Outcome outcome, String code, Map<String, Object> detail) {
        audit.record(new Audit.Entry(
                row.requestedBy(),
                "",
                action,
                objectKind(row.targetKind()),
                row.targetId().toString(),
                row.targetName(),
                outcome,
                code,
                row.correlationId(),
                detail));
    }

    /** As in the paths of the API, which is what requests about the same object are recorded with. */
    private static String objectKind(String targetKind) {
        String plural = targetKind.endsWith("s") ? targetKind : targetKind + "s";
        return plural.toLowerCase(Locale.ROOT);
    }
}
