package dev.meseta.agent.hypervisor;

/** What a finished migration took, as measured by the hypervisor. */
public record MigrationOutcome(
        long totalMs, long downtimeMs, long transferredBytes, int iterations, boolean postCopy) {}
