package dev.meseta.manager.fakes;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.tasks.TaskItem;
import dev.meseta.manager.tasks.TaskItems;
import dev.meseta.manager.tasks.TaskView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Parts of the tasks of {@link TaskRunner}. */
public final class FakeTaskItems implements TaskItems {

    private final TaskRunner tasks;
    private final FakeRows rows;
    private final Map<UUID, List<Part>> parts = new HashMap<>();

    public FakeTaskItems(TaskRunner tasks, FakeRows rows) {
        this.tasks = tasks;
        this.rows = rows;
    }

    private record Part(UUID target, String name, @Nullable UUID child, TaskView.@Nullable TaskError refusal) {}

    @Override
    public void add(UUID taskId, List<Draft> drafts) {
        parts.put(
                taskId,
                new ArrayList<>(drafts.stream()
                        .map(draft -> new Part(draft.targetId(), draft.targetName(), null, error(draft.refusal())))
                        .toList()));
    }

    private static TaskView.@Nullable TaskError error(@Nullable MesetaException refusal) {
        return refusal == null
                ? null
                : new TaskView.TaskError(refusal.code().name(), Objects.requireNonNullElse(refusal.getMessage(), ""));
    }

    @Override
    public List<TaskItem> waiting(UUID taskId, int atMost) {
        return of(taskId).stream()
                .filter(item -> item.state() == TaskItem.State.WAITING)
                .limit(atMost)
                .toList();
    }

    @Override
    public void begin(UUID taskId, TaskItem item, Supplier<TaskView> submission) {
        Part part = partsOf(taskId).get(item.number() - 1);
        if (part.child() != null || part.refusal() != null) {
            return;
        }
        UUID child = null;
        TaskView.TaskError refusal = null;
        try {
            child = Objects.requireNonNull(rows.execute(status -> submission.get()))
                    .id();
        } catch (MesetaException e) {
            refusal = error(e);
        }
        partsOf(taskId).set(item.number() - 1, new Part(part.target(), part.name(), child, refusal));
    }

    @Override
    public void refuseWaiting(UUID taskId, ErrorCode code, String detail) {
        partsOf(taskId)
                .replaceAll(part -> part.child() != null || part.refusal() != null
                        ? part
                        : new Part(part.target(), part.name(), null, new TaskView.TaskError(code.name(), detail)));
    }

    @Override
    public void cancelRunning(UUID taskId) {
        for (TaskItem item : of(taskId)) {
            UUID child = item.taskId();
            if (child != null
                    && item.state() == TaskItem.State.RUNNING
                    && !tasks.row(child).cancelRequested()) {
                tasks.cancel(child);
            }
        }
    }

    @Override
    public Counts counts(UUID taskId) {
        List<TaskItem> items = of(taskId);
        return new Counts(
                items.size(),
                count(items, TaskItem.State.WAITING),
                count(items, TaskItem.State.RUNNING),
                count(items, TaskItem.State.SUCCEEDED),
                count(items, TaskItem.State.FAILED),
                count(items, TaskItem.State.CANCELLED),
                count(items, TaskItem.State.REFUSED));
    }

    private static int count(List<TaskItem> items, TaskItem.State state) {
        return (int) items.stream().filter(item -> item.state() == state).count();
    }

    @Override
    public List<TaskItem> of(UUID taskId) {
        List<TaskItem> items = new ArrayList<>();
        for (Part part : partsOf(taskId)) {
            items.add(new TaskItem(
                    items.size() + 1,
                    new TaskView.Target("vm", part.target(), part.name()),
                    stateOf(part),
                    part.child(),
                    part.refusal()));
        }
        return items;
    }

    private TaskItem.State stateOf(Part part) {
        UUID child = part.child();
        if (child != null) {
            return switch (tasks.row(child).state()) {
                case PENDING, RUNNING -> TaskItem.State.RUNNING;
                case SUCCEEDED -> TaskItem.State.SUCCEEDED;
                case FAILED -> TaskItem.State.FAILED;
                case CANCELLED -> TaskItem.State.CANCELLED;
            };
        }
        TaskView.TaskError refusal = part.refusal();
        if (refusal == null) {
            return TaskItem.State.WAITING;
        }
        return refusal.code().equals("CANCELLED") ? TaskItem.State.CANCELLED : TaskItem.State.REFUSED;
    }

    private List<Part> partsOf(UUID taskId) {
        return parts.getOrDefault(taskId, new ArrayList<>());
    }
}
