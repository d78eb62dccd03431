package dev.meseta.manager.tasks.internal;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.tasks.TaskContext;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A task as one step sees it: the row as it was read before the step. */
record StoredContext<P extends Record>(TaskRow row, P payload, TaskProgress progress) implements TaskContext<P> {

    @Override
    public UUID taskId() {
        return row.id();
    }

    @Override
    public String phase() {
        return row.phase();
    }

    @Override
    public int attempt() {
        return row.attempt();
    }

    @Override
    public UUID targetId() {
        return row.targetId();
    }

    @Override
    public boolean cancelRequested() {
        return row.cancelRequested();
    }

    @Override
    public Optional<Instant> deadline() {
        return Optional.ofNullable(row.deadline());
    }

    @Override
    public Optional<ErrorCode> pendingError() {
        return Optional.ofNullable(row.errorCode()).map(ErrorCode::valueOf);
    }

    @Override
    public String pendingErrorDetail() {
        String detail = row.errorDetail();
        return detail == null ? "" : detail;
    }

    @Override
    public String correlationId() {
        return row.correlationId();
    }

    @Override
    public String requestedBy() {
        return row.requestedBy();
    }

    @Override
    public void reportProgress(Map<String, Object> changed) {
        progress.report(row.id(), changed);
    }
}
