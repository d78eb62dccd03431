package dev.meseta.manager.inventory;

import java.time.Instant;
import java.util.UUID;

/** Clusters that share storage and networks. */
public record DataCenter(UUID id, String name, String description, long version, Instant createdAt) {}
