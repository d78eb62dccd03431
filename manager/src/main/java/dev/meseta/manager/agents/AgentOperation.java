package dev.meseta.manager.agents;

import dev.meseta.manager.shared.ErrorCode;
import org.jspecify.annotations.Nullable;

/** A piece of work at an agent, as last heard of. */
public record AgentOperation(
        String operationId,
        String kind,
        String targetId,
        State state,
        @Nullable ErrorCode errorCode,
        String errorDetail,
        @Nullable Volume volume,
        @Nullable MigrationTarget migrationTarget,
        @Nullable Migration migration) {

    /** How it stands; OUTCOME_UNKNOWN: the agent died in the middle and cannot tell. */
    public enum State {
        RUNNING,
        SUCCEEDED,
        FAILED,
        CANCELLED,
        OUTCOME_UNKNOWN
    }

    public record Volume(String path, long virtualSizeBytes, long allocatedBytes) {}

    public record MigrationTarget(String migrationUri, String agentAddress) {}

    public record Migration(long totalMs, long downtimeMs, long transferredBytes, int iterations, boolean postCopy) {}
}
