package dev.meseta.manager.tasks.web;

import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.Problems;
import dev.meseta.manager.shared.query.ListRequest;
import dev.meseta.manager.shared.web.Api;
import dev.meseta.manager.shared.web.ListParameters;
import dev.meseta.manager.tasks.TaskLists;
import dev.meseta.manager.tasks.TaskView;
import dev.meseta.manager.tasks.TaskWaits;
import dev.meseta.manager.tasks.Tasks;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Long-running work. */
@RestController
@RequestMapping(Api.BASE + "/tasks")
@Tag(name = "tasks")
class TaskController {

    private final Tasks tasks;
    private final TaskLists lists;
    private final TaskWaits waits;

    TaskController(Tasks tasks, TaskLists lists, TaskWaits waits) {
        this.tasks = tasks;
        this.lists = lists;
        this.waits = waits;
    }

    @Operation(
            operationId = "listTasks",
            summary = "Tasks, newest first",
            description = "Also by q=parent:<id>, or q=parent:none for those that are no part of another.")
    @RequiresPermission(Permission.TASK_READ)
    @GetMapping
    Page<TaskView> list(
            ListParameters list,
            @Parameter(description = "Only the parts of this task") @RequestParam(required = false) @Nullable UUID parent) {
        ListRequest request = list.request();
        return lists.list(
                parent == null
                        ? request
                        : new ListRequest(
                                (request.q() + " parent:" + parent).strip(),
                                request.sort(),
                                request.limit(),
                                request.cursor()));
    }

    @Operation(
            operationId = "getTask",
            summary = "One task with its steps",
            description = "With waitSeconds it answers when the task has ended, or as it is after so many seconds.")
    @RequiresPermission(Permission.TASK_READ)
    @GetMapping("/{id}")
    TaskView get(
            @PathVariable UUID id,
            @RequestParam(defaultValue = "0") @Min(0) @Max(PreferredWait.LONGEST_SECONDS) int waitSeconds) {
        lists.requireVisible(id);
        return waits.awaitEnd(id, Duration.ofSeconds(waitSeconds)).orElseThrow(() -> Problems.notFound("task", id));
    }

    @Operation(
            operationId = "cancelTask",
            summary = "Asks a task to stop where that is safe; an ended one stays as it is")
    @RequiresPermission(Permission.TASK_CANCEL)
    @PostMapping("/{id}/cancel")
    ResponseEntity<TaskView> cancel(@PathVariable UUID id, @RequestParam(defaultValue = "false") boolean dryRun) {
        if (dryRun) {
            return ResponseEntity.ok(get(id, 0));
        }
        return Api.accepted(id, tasks.cancel(id));
    }
}
