package dev.meseta.manager.inventory;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Hosts a VM may move between. */
public record Cluster(
        UUID id,
        UUID dataCenterId,
        String name,
        String description,
        @Nullable String cpuModel,
        long version,
        Instant createdAt) {}
