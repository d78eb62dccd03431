package dev.meseta.manager.tasks;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.meseta.manager.shared.ErrorCode;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A task as the API shows it.
 *
 * @param parentId the task whose part it is
 * @param items its parts, when it works on many objects; only where a single task is shown
 */
public record TaskView(
        UUID id,
        String kind,
        TaskState state,
        String phase,
        @Schema(implementation = Progress.class) Map<String, Object> progress,
        List<Step> steps,
        @Nullable UUID parentId,
        List<TaskItem> items,
        Target target,
        String requestedBy,
        String correlationId,
        @Nullable TaskError error,
        boolean cancelRequested,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant finishedAt) {

    /**
     * One line of the step log.
     *
     * @param attempt how many runs of the phase had ended before
     * @param errorCode what went wrong
     * @param startedAt when the line before was written, or the task created
     * @param at when it ended
     */
    @Schema(name = "TaskStep")
    public record Step(
            int number,
            String phase,
            int attempt,
            @Schema(implementation = StepKind.class) String result,
            String detail,

            @Schema(implementation = ErrorCode.class) @Nullable String errorCode,

            Instant startedAt,
            Instant at) {}

    /** What it works on. */
    @Schema(name = "TaskTarget")
    public record Target(String kind, UUID id, String name) {}

    /** Why it failed or was cancelled. */
    public record TaskError(
            @Schema(implementation = ErrorCode.class) String code, String detail) {}

    /**
     * What every progress may say; kinds of tasks add their own. What is not known is left out.
     *
     * @param percent 0 to 100
     * @param heldBecause why nobody works on it
     * @param items how many parts it has
     * @param itemsEnded how many of them have ended, however they did
     * @param itemsFailed how many of those did not succeed
     */
    @Schema(name = "TaskProgress")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Progress(
            @Nullable Double percent,
            @Nullable String heldBecause,
            @Nullable Integer items,
            @Nullable Integer itemsEnded,
            @Nullable Integer itemsFailed) {}
}
