package dev.meseta.manager.tasks;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.meseta.manager.shared.ErrorCode;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A task as the API shows it. */
public record TaskView(
        UUID id,
        String kind,
        TaskState state,
        String phase,
        @Schema(implementation = Progress.class) Map<String, Object> progress,
        List<Step> steps,
        Target target,
        String requestedBy,
        String correlationId,
        @Nullable TaskError error,
        boolean cancelRequested,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant finishedAt) {

    /** One line of the step log. */
    @Schema(name = "TaskStep")
    public record Step(
            int number,
            String phase,
            @Schema(implementation = StepKind.class) String result,
            String detail,
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
     */
    @Schema(name = "TaskProgress")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Progress(
            @Nullable Double percent, @Nullable String heldBecause) {}
}
