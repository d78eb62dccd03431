package dev.meseta.manager.tasks.internal;

import dev.meseta.manager.shared.EventKind;
import dev.meseta.manager.shared.EventPublisher;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/** Keeps and shows progress numbers. Best effort: a number lost is followed by the next. */
final class TaskProgress {

    private static final Logger log = LoggerFactory.getLogger(TaskProgress.class);

    private final TaskStore store;
    private final EventPublisher events;
    private final TaskJson json;

    TaskProgress(TaskStore store, EventPublisher events, TaskJson json) {
        this.store = store;
        this.events = events;
        this.json = json;
    }

    void report(UUID taskId, Map<String, Object> changed) {
        try {
            store.mergeProgress(taskId, json.write(changed))
                    .ifPresent(merged -> events.publishVolatile(
                            EventKind.TASK_PROGRESS.text(),
                            "task",
                            taskId,
                            Map.of("taskId", taskId.toString(), "progress", json.readMap(merged))));
        } catch (DataAccessException e) {
            log.warn("Progress of task {} could not be kept.", taskId, e);
        }
    }
}
