package dev.meseta.manager.tasks.web;

import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.Problems;
import dev.meseta.manager.shared.web.Api;
import dev.meseta.manager.shared.web.ListParameters;
import dev.meseta.manager.tasks.TaskLists;
import dev.meseta.manager.tasks.TaskView;
import dev.meseta.manager.tasks.Tasks;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.UUID;
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

    TaskController(Tasks tasks, TaskLists lists) {
        this.tasks = tasks;
        this.lists = lists;
    }

    @Operation(operationId = "listTasks", summary = "Tasks, newest first")
    @RequiresPermission(Permission.TASK_READ)
    @GetMapping
    Page<TaskView> list(ListParameters list) {
        return lists.list(list.request());
    }

    @Operation(operationId = "getTask", summary = "One task with its steps")
    @RequiresPermission(Permission.TASK_READ)
    @GetMapping("/{id}")
    TaskView get(@PathVariable UUID id) {
        return tasks.find(id).orElseThrow(() -> Problems.notFound("task", id));
    }

    @Operation(
            operationId = "cancelTask",
            summary = "Asks a task to stop where that is safe; an ended one stays as it is")
    @RequiresPermission(Permission.TASK_CANCEL)
    @PostMapping("/{id}/cancel")
    ResponseEntity<TaskView> cancel(@PathVariable UUID id, @RequestParam(defaultValue = "false") boolean dryRun) {
        if (dryRun) {
            return ResponseEntity.ok(get(id));
        }
        return Api.accepted(id, tasks.cancel(id));
    }
}
