package dev.meseta.manager.fakes;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.tasks.TaskContext;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A task of {@link TaskRunner} as one step sees it. */
record RunnerContext<P extends Record>(TaskRunner runner, TaskRunner.Row row, P payload) implements TaskContext<P> {

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
        return Optional.empty();
    }

    @Override
    public Optional<ErrorCode> pendingError() {
        return Optional.ofNullable(row.error());
    }

    @Override
    public String pendingErrorDetail() {
        return row.detail();
    }

    @Override
    public String correlationId() {
        return "correlation";
    }

    @Override
    public String requestedBy() {
        return "tester";
    }

    @Override
    public void reportProgress(Map<String, Object> changed) {
        runner.reportProgress(row.id(), changed);
    }
}
