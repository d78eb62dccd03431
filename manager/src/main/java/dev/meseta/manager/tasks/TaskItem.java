package dev.meseta.manager.tasks;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One of the parts of a task that works on many objects.
 *
 * @param taskId the task that does this part; null while it has not begun, or when it was refused
 * @param error why it was refused, failed or was cancelled
 */
public record TaskItem(
        int number,
        TaskView.Target target,
        State state,
        @Nullable UUID taskId,
        TaskView.@Nullable TaskError error) {

    /** How one part stands. */
    @Schema(name = "TaskItemState")
    public enum State {
        /** Not begun. */
        WAITING,
        RUNNING,
        SUCCEEDED,
        FAILED,
        CANCELLED,
        /** It was not possible to begin with it. */
        REFUSED
    }
}
