package dev.meseta.agent.flows;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Keeps the last batches, so that a watcher that was away can go on where it was. A watcher costs a position in that one
 * ring, nothing more: one that is too slow, or comes back too late, is told how many records it missed. Nobody watching
 * costs the ring. Positions count on over the lives of an agent as long as the numbering has the same name, so that what an
 * earlier life made and nobody took is counted, too.
 */
public final class FlowFeed {

    /**
     * How much is kept.
     *
     * @param records about 250 bytes each
     * @param batches also empty ones
     */
    public record Bounds(int records, int batches) {

        /** Of a host with everything: an hour of silence, or three minutes at a thousand conversations a second. */
        public static final Bounds OF_HOST = new Bounds(200_000, 4_096);
    }

    private final String numbering;
    private final FlowSource source;
    private final Bounds bounds;
    private final Deque<Kept> ring = new ArrayDeque<>();
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private FlowPosition floor;
    private FlowPosition end;
    private int recordsKept;

    private record Kept(Instant takenAt, List<FlowRecord> records, FlowPosition begin, FlowPosition end) {}

    /**
     * @param numbering a name for it; tokens of another one begin with what is there
     * @param begin how far earlier lives have come
     */
    FlowFeed(String numbering, FlowSource source, FlowPosition begin, Bounds bounds) {
        this.numbering = numbering;
        this.source = source;
        this.bounds = bounds;
        this.floor = begin;
        this.end = begin;
    }

    /** One that never has a record. */
    public static FlowFeed silent(String numbering, Instant now) {
        FlowFeed feed = new FlowFeed(numbering, FlowSource.NONE, FlowPosition.BEGIN, new Bounds(0, 1));
        feed.publish(now, List.of(), new FlowPosition(1, 0, 0, 0));
        return feed;
    }

    /**
     * Offers a batch. Never blocks.
     *
     * @param after the position after it; records between the last position and this one that are not in the batch count as
     *     dropped
     */
    void publish(Instant takenAt, List<FlowRecord> records, FlowPosition after) {
        synchronized (this) {
            FlowPosition begin = new FlowPosition(
                    after.batches() - 1, after.records() - records.size(), end.withoutRoom(), end.unreadable());
            ring.addLast(new Kept(takenAt, List.copyOf(records), begin, after));
            end = after;
            recordsKept += records.size();
            while (ring.size() > 1 && (recordsKept > bounds.records() || ring.size() > bounds.batches())) {
                Kept oldest = ring.removeFirst();
                recordsKept -= oldest.records().size();
                floor = oldest.end();
            }
        }
        watchers.forEach(watcher -> watcher.wake.run());
    }

    /** How far it has come. */
    synchronized FlowPosition end() {
        return end;
    }

    /**
     * Begins a watch.
     *
     * @param resumeToken of the last batch that was stored; empty, or of another numbering: all that is kept
     * @param wake called when there may be something to poll; must not block
     */
    public Watcher watch(String resumeToken, Runnable wake) {
        Watcher watcher;
        synchronized (this) {
            watcher =
                    new Watcher(wake, FlowPosition.parse(resumeToken, numbering).orElse(floor));
        }
        watchers.add(watcher);
        return watcher;
    }

    /** One watcher's position. */
    public final class Watcher implements AutoCloseable {

        private final Runnable wake;
        private FlowPosition position;

        private Watcher(Runnable wake, FlowPosition position) {
            this.wake = wake;
            this.position = position;
        }

        /** The next batch, or empty when there is none now. */
        public Optional<FlowBatch> poll() {
            synchronized (FlowFeed.this) {
                return next().map(this::take);
            }
        }

        private Optional<Kept> next() {
            // Near the end, where a watcher is that keeps up.
            Kept found = null;
            for (Iterator<Kept> newestFirst = ring.descendingIterator(); newestFirst.hasNext(); ) {
                Kept kept = newestFirst.next();
                if (kept.end().batches() <= position.batches()) {
                    break;
                }
                found = kept;
            }
            return Optional.ofNullable(found);
        }

        private FlowBatch take(Kept kept) {
            FlowPosition before = position;
            position = kept.end();
            return new FlowBatch(
                    position.token(numbering),
                    kept.takenAt(),
                    source,
                    kept.records(),
                    new FlowLosses(
                            Math.max(0, position.withoutRoom() - before.withoutRoom()),
                            Math.max(0, position.unreadable() - before.unreadable()),
                            Math.max(0, kept.begin().records() - before.records())));
        }

        @Override
        public void close() {
            watchers.remove(this);
        }
    }
}
