package dev.meseta.manager.shared;

import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Tells people and programs that something happened. Implemented by the web module's event stream. */
public interface EventPublisher {

    /**
     * Persists an event in the caller's transaction (or one of its own) and shows it to watchers after commit.
     */
    void publish(EventDraft event);

    /** Shows something to current watchers only; nothing is persisted. For progress numbers. */
    void publishVolatile(String kind, String objectKind, UUID objectId, Map<String, Object> data);

    /** How much an event matters. */
    enum Severity {
        INFO,
        WARNING,
        ERROR
    }

    /**
     * An event before it has an id and a time.
     *
     * @param kind one of {@link EventKind}, as it is written there
     * @param code an {@link EventCode}, an {@link ErrorCode} or nothing
     */
    record EventDraft(
            String kind,
            String objectKind,
            @Nullable UUID objectId,
            Severity severity,
            String code,
            String message,
            Map<String, Object> data) {

        /** Something about an object changed: whoever shows it reads it again. */
        public static EventDraft changed(String objectKind, UUID objectId) {
            return new EventDraft(objectKind + ".changed", objectKind, objectId, Severity.INFO, "", "", Map.of());
        }
    }
}
