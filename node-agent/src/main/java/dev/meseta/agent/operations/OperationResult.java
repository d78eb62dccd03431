package dev.meseta.agent.operations;

/** What an operation has to tell beyond having succeeded. */
public sealed interface OperationResult {

    /** Nothing more. */
    record None() implements OperationResult {}

    /**
     * A disk or an image.
     *
     * @param path absolute path on this host
     * @param virtualSizeBytes what a guest sees
     * @param allocatedBytes length of the file now
     */
    record Volume(String path, long virtualSizeBytes, long allocatedBytes) implements OperationResult {}

    /** Where a migration can arrive. */
    record MigrationTarget(String migrationUri, String agentAddress) implements OperationResult {}

    /** What a finished migration took. */
    record Migration(long totalMs, long downtimeMs, long transferredBytes, int iterations, boolean postCopy)
            implements OperationResult {}

    /** The one instance is enough. */
    OperationResult NONE = new None();
}
