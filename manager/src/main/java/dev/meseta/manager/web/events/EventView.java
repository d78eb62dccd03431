package dev.meseta.manager.web.events;

import dev.meseta.manager.shared.EventPublisher.Severity;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened.
 *
 * @param id null for what is only shown and not kept
 * @param kind stable, e.g. "vm.changed"
 * @param objectKind e.g. "vm"
 */
public record EventView(
        @Nullable Long id,
        Instant at,
        String kind,
        String objectKind,
        @Nullable UUID objectId,
        Severity severity,
        String code,
        String message,
        String correlationId,
        Map<String, Object> data) {}
