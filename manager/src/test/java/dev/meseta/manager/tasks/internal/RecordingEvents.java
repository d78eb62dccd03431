package dev.meseta.manager.tasks.internal;

import dev.meseta.manager.shared.EventPublisher;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Keeps committed events, and lets a test wait for the end of a task. */
final class RecordingEvents implements EventPublisher {

    private static final long PATIENCE_SECONDS = 60;

    final List<EventDraft> persisted = new CopyOnWriteArrayList<>();
    final List<Map<String, Object>> progress = new CopyOnWriteArrayList<>();
    private final Map<UUID, CompletableFuture<String>> ends = new ConcurrentHashMap<>();

    @Override
    public void publish(EventDraft event) {
        Signals.afterCommit(() -> {
            persisted.add(event);
            String state = String.valueOf(event.data().get("state"));
            if (List.of("SUCCEEDED", "FAILED", "CANCELLED").contains(state)) {
                end(Objects.requireNonNull(event.objectId())).complete(state);
            }
        });
    }

    @Override
    public void publishVolatile(String kind, String objectKind, UUID objectId, Map<String, Object> data) {
        progress.add(data);
    }

    /** The state a task ended in, as soon as that is committed. */
    String awaitEnd(UUID taskId) {
        return awaitEnd(taskId, new CompletableFuture<>());
    }

    /** As {@link #awaitEnd(UUID)}, or until something else has happened. */
    String awaitEnd(UUID taskId, CompletableFuture<String> orThis) {
        try {
            return end(taskId).applyToEither(orThis, Function.identity()).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("task " + taskId + " did not end", e);
        }
    }

    CompletableFuture<String> end(UUID taskId) {
        return ends.computeIfAbsent(taskId, id -> new CompletableFuture<>());
    }
}
