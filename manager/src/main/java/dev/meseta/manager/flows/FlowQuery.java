package dev.meseta.manager.flows;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which traffic is asked for.
 *
 * @param from null: an hour before {@code to}
 * @param to exclusive; null: now
 * @param q words of the search language, or empty
 * @param vmId only conversations of this VM; null: of all
 */
public record FlowQuery(
        @Nullable Instant from,
        @Nullable Instant to,
        String q,
        @Nullable UUID vmId) {}
