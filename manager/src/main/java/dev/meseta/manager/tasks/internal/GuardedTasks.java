package dev.meseta.manager.tasks.internal;

import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.tasks.Submission;
import dev.meseta.manager.tasks.TaskView;
import dev.meseta.manager.tasks.Tasks;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Asks whether the actor may cancel a task; whoever submits one has asked before. */
final class GuardedTasks implements Tasks {

    private final Tasks tasks;
    private final TaskAccess access;

    GuardedTasks(Tasks tasks, TaskAccess access) {
        this.tasks = tasks;
        this.access = access;
    }

    @Override
    public TaskView submit(Submission<?> submission) {
        return tasks.submit(submission);
    }

    @Override
    public Optional<TaskView> find(UUID taskId) {
        return tasks.find(taskId);
    }

    @Override
    public Optional<TaskView> unfinishedFor(UUID targetId) {
        return tasks.unfinishedFor(targetId);
    }

    @Override
    public Map<UUID, UUID> unfinishedOf(Collection<UUID> targetIds) {
        return tasks.unfinishedOf(targetIds);
    }

    @Override
    public void signal(UUID taskId) {
        tasks.signal(taskId);
    }

    @Override
    public TaskView cancel(UUID taskId) {
        access.require(taskId, Permission.TASK_CANCEL);
        return tasks.cancel(taskId);
    }

    @Override
    public void reportProgress(UUID taskId, Map<String, Object> progress) {
        tasks.reportProgress(taskId, progress);
    }
}
