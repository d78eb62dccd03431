package dev.meseta.manager.tasks.internal;

import dev.meseta.manager.tasks.TaskItem;
import dev.meseta.manager.tasks.TaskItems;
import dev.meseta.manager.tasks.TaskView;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes of rows what the API shows. */
final class TaskViews {

    private final TaskStore store;
    private final TaskItems items;
    private final HandlerRegistry handlers;
    private final TaskJson json;

    TaskViews(TaskStore store, TaskItems items, HandlerRegistry handlers, TaskJson json) {
        this.store = store;
        this.items = items;
        this.handlers = handlers;
        this.json = json;
    }

    /** One that has just been submitted. */
    TaskView fresh(TaskRow row) {
        return view(row, List.of(), List.of());
    }

    /** Without its parts. */
    TaskView of(TaskRow row) {
        return of(List.of(row)).getFirst();
    }

    /** With its parts. */
    TaskView whole(TaskRow row) {
        return view(row, store.steps(List.of(row.id())).getOrDefault(row.id(), List.of()), items.of(row.id()));
    }

    List<TaskView> of(List<TaskRow> rows) {
        Map<UUID, List<TaskView.Step>> steps =
                store.steps(rows.stream().map(TaskRow::id).toList());
        return rows.stream()
                .map(row -> view(row, steps.getOrDefault(row.id(), List.of()), List.of()))
                .toList();
    }

    private TaskView view(TaskRow row, List<TaskView.Step> steps, List<TaskItem> parts) {
        return new TaskView(
                row.id(),
                row.kind(),
                row.state(),
                row.phase(),
                progress(row),
                steps,
                row.parentId(),
                parts,
                new TaskView.Target(row.targetKind(), row.targetId(), row.targetName()),
                row.requestedBy(),
                row.correlationId(),
                error(row),
                row.cancelRequested(),
                row.createdAt(),
                row.updatedAt(),
                row.finishedAt());
    }

    private Map<String, Object> progress(TaskRow row) {
        Map<String, Object> progress = json.readMap(row.progress());
        if (!row.state().isFinal()
                && handlers.find(row.kind(), row.schemaVersion()).isEmpty()) {
            progress.put(
                    "heldBecause",
                    "This manager does not know tasks of kind %s with schema version %d. It is left to a newer one."
                            .formatted(row.kind(), row.schemaVersion()));
        }
        return progress;
    }

    private static TaskView.@Nullable TaskError error(TaskRow row) {
        String code = row.errorCode();
        String detail = row.errorDetail();
        return code == null ? null : new TaskView.TaskError(code, detail == null ? "" : detail);
    }
}
