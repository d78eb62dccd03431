package dev.meseta.manager.tasks;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A task to be.
 *
 * @param exclusive at most one unfinished exclusive task per target
 */
public record Submission<P extends Record>(
        String kind,
        P payload,
        String targetKind,
        UUID targetId,
        String targetName,
        boolean exclusive,
        String correlationId,
        String requestedBy,
        Optional<Instant> deadline) {}
