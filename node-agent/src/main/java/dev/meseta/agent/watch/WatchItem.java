package dev.meseta.agent.watch;

/**
 * What a watcher gets.
 *
 * @param resumeToken resumes right after this item; empty inside of a snapshot, where one cannot resume
 * @param sequence counts up within one life of the agent; all items of one snapshot share theirs
 */
public record WatchItem(String resumeToken, long sequence, Content content) {

    /** An event, or a mark in the stream. */
    public sealed interface Content {}

    public record Event(AgentEvent event) implements Content {}

    /** Everything that is has been told; what follows are changes. */
    public record SnapshotEnd() implements Content {}

    /** So many events could not be kept for this watcher; a new snapshot follows. */
    public record LostEvents(long count) implements Content {}
}
