package dev.meseta.lab.bench;

import org.jspecify.annotations.Nullable;

/**
 * One figure of a benchmark.
 *
 * @param goal largest ratio (with a peer) or largest median (without one) that counts as met; null when there is none
 */
public record Measure(
        String name,
        String unit,
        Samples.Summary ours,
        @Nullable Peer peer,
        @Nullable Double goal) {

    /** The other side of a comparison. */
    public record Peer(String name, Samples.Summary summary) {}

    /** Median of ours by median of the peer's; null without a peer. */
    public @Nullable Double ratio() {
        return peer == null ? null : ours.median() / peer.summary().median();
    }

    /** Whether the goal was reached; null when there is none. */
    public @Nullable Boolean met() {
        if (goal == null) {
            return null;
        }
        Double ratio = ratio();
        return (ratio == null ? ours.median() : ratio) <= goal;
    }
}
