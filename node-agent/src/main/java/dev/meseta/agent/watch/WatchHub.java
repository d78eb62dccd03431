package dev.meseta.agent.watch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * Numbers every event and keeps the last ones, so that a watcher that was away can go on where it was. A watcher costs a
 * position in that one ring, nothing more: one that is too slow is told how much it missed and gets a new snapshot.
 */
public final class WatchHub {

    private final String instanceId;
    private final int capacity;
    private final Supplier<List<AgentEvent>> snapshot;
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    /** The event with ordinal n is at index n - firstOrdinal. */
    private final ArrayList<Numbered> ring;

    private int ringStart;
    private long nextOrdinal;
    private long sequence;

    /**
     * @param instanceId new at every start of the agent; a token of another life begins with a snapshot
     * @param capacity how many events are kept
     * @param snapshot everything there is now; may block
     */
    public WatchHub(String instanceId, int capacity, Supplier<List<AgentEvent>> snapshot) {
        this.instanceId = instanceId;
        this.capacity = capacity;
        this.snapshot = snapshot;
        this.ring = new ArrayList<>(capacity);
    }

    /** Tells every watcher. Never blocks. */
    public void publish(AgentEvent event) {
        synchronized (this) {
            Numbered numbered = new Numbered(++sequence, event);
            if (ring.size() < capacity) {
                ring.add(numbered);
            } else {
                ring.set(ringStart, numbered);
                ringStart = (ringStart + 1) % capacity;
            }
            nextOrdinal++;
        }
        watchers.forEach(watcher -> watcher.wake.run());
    }

    /**
     * Begins a watch.
     *
     * @param resumeToken of an earlier item, or empty
     * @param wake called when there may be something to poll; must not block
     */
    public Watcher watch(String resumeToken, Runnable wake) {
        Watcher watcher = new Watcher(wake, resumeFrom(resumeToken));
        watchers.add(watcher);
        return watcher;
    }

    /** The ordinal of the first event after the token, or empty when a snapshot is needed. */
    private synchronized OptionalLong resumeFrom(String token) {
        String prefix = instanceId + ":";
        if (!token.startsWith(prefix)) {
            return OptionalLong.empty();
        }
        long last;
        try {
            last = Long.parseLong(token.substring(prefix.length()));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
        if (last < 0 || last > sequence) {
            return OptionalLong.empty();
        }
        long ordinal = nextOrdinal;
        while (ordinal > firstOrdinal() && at(ordinal - 1).sequence() > last) {
            ordinal--;
        }
        // At the oldest event that is kept: the one before it may have been after the token.
        boolean perhapsMissed =
                ordinal == firstOrdinal() && ordinal > 0 && at(ordinal).sequence() != last + 1;
        return perhapsMissed ? OptionalLong.empty() : OptionalLong.of(ordinal);
    }

    private long firstOrdinal() {
        return nextOrdinal - ring.size();
    }

    private Numbered at(long ordinal) {
        return ring.get((ringStart + (int) (ordinal - firstOrdinal())) % capacity);
    }

    private String token(long number) {
        return instanceId + ":" + number;
    }

    private record Numbered(long sequence, AgentEvent event) {}

    private record Position(long sequence, long ordinal) {}

    private synchronized Position newSnapshot() {
        return new Position(++sequence, nextOrdinal);
    }

    /** One watcher's position. */
    public final class Watcher implements AutoCloseable {

        private final Runnable wake;
        private final Deque<WatchItem> prepared = new ArrayDeque<>();
        private long ordinal;
        private boolean snapshotDue;

        private Watcher(Runnable wake, OptionalLong resumed) {
            this.wake = wake;
            this.snapshotDue = resumed.isEmpty();
            this.ordinal = resumed.orElse(0);
        }

        /** The next item, or empty when there is none now. A snapshot may make it block. */
        public synchronized Optional<WatchItem> poll() {
            if (prepared.isEmpty() && snapshotDue) {
                prepareSnapshot();
            }
            WatchItem item = prepared.pollFirst();
            return item == null ? nextEvent() : Optional.of(item);
        }

        private Optional<WatchItem> nextEvent() {
            synchronized (WatchHub.this) {
                long missed = firstOrdinal() - ordinal;
                if (missed > 0) {
                    snapshotDue = true;
                    return Optional.of(new WatchItem("", sequence, new WatchItem.LostEvents(missed)));
                }
                if (ordinal == nextOrdinal) {
                    return Optional.empty();
                }
                Numbered event = at(ordinal++);
                return Optional.of(
                        new WatchItem(token(event.sequence()), event.sequence(), new WatchItem.Event(event.event())));
            }
        }

        private void prepareSnapshot() {
            // The position is taken before looking: what changes meanwhile comes again as an event, never gets lost.
            Position position = newSnapshot();
            for (AgentEvent event : snapshot.get()) {
                prepared.add(new WatchItem("", position.sequence(), new WatchItem.Event(event)));
            }
            prepared.add(new WatchItem(token(position.sequence()), position.sequence(), new WatchItem.SnapshotEnd()));
            ordinal = position.ordinal();
            snapshotDue = false;
        }

        @Override
        public void close() {
            watchers.remove(this);
        }
    }
}
