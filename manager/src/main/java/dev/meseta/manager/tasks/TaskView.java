package dev.meseta.manager.tasks;

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
        Map<String, Object> progress,
        List<Step> steps,
        Target target,
        String requestedBy,
        String correlationId,
        @Nullable TaskError error,
        boolean cancelRequested,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant finishedAt) {

    public record Step(int number, String phase, String result, String detail, Instant at) {}

    public record Target(String kind, UUID id, String name) {}

    public record TaskError(String code, String detail) {}
}
