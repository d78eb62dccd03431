package dev.meseta.manager.tasks.web;

import dev.meseta.manager.shared.web.AcceptedTasks;
import dev.meseta.manager.tasks.TaskView;
import dev.meseta.manager.tasks.Tasks;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Tasks as answers to the requests that became them. */
@Component
class TaskAnswers implements AcceptedTasks {

    private final Tasks tasks;

    TaskAnswers(Tasks tasks) {
        this.tasks = tasks;
    }

    @Override
    public Optional<TaskView> find(UUID taskId) {
        return tasks.find(taskId);
    }
}
