package dev.meseta.agent.hypervisor;

import java.util.OptionalLong;

/** New limits for a running migration. */
public record MigrationChange(OptionalLong maxDowntimeMs, OptionalLong bandwidthBytesPerSecond) {}
