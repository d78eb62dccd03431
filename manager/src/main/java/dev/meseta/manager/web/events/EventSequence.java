package dev.meseta.manager.web.events;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts stored events in the order of their ids, and loses none. Ids are given before commits: a row with a lower id may
 * become visible later than one with a higher. So whatever comes after a missing id is held back until the id appears, or
 * its transaction is known to be over without it, or {@link #HOLD} has passed. What appears even later is shown then, out of
 * order.
 */
final class EventSequence {

    /** How long one slow transaction may hold everybody back. */
    static final Duration HOLD = Duration.ofSeconds(1);

    /** A missing id whose transaction seems over is looked for so much longer. */
    static final Duration DOUBT = Duration.ofSeconds(10);

    /** More are never looked for; then the oldest are given up. */
    static final int MAX_MISSING = 10_000;

    /** All up to here were shown, or are missing and no longer waited for. */
    private long position;
    /** The highest id that was read. */
    private long read;

    private final TreeMap<Long, Missing> missing = new TreeMap<>();
    private final TreeMap<Long, EventView> held = new TreeMap<>();
    private long late;

    /**
     * @param position where to begin
     * @param missing ids before that which are not there, or not yet
     */
    EventSequence(long position, Set<Long> missing, long nanoTime) {
        this.position = position;
        this.read = position;
        missing.forEach(id -> this.missing.put(id, new Missing(nanoTime)));
    }

    private static final class Missing {
        private final long since;
        /** Once all transactions before this are over, so is the one that was given the id; null: not asked yet. */
        private @Nullable Long overAt;

        private boolean over;

        private Missing(long since) {
            this.since = since;
        }
    }

    long position() {
        return position;
    }

    /** Rows after this one have not been read. */
    long read() {
        return read;
    }

    /** Ids to look for. */
    Set<Long> missing() {
        return Set.copyOf(missing.keySet());
    }

    /** Whether something was read that is not shown yet. */
    boolean holdsBack() {
        return !held.isEmpty();
    }

    /** How many events were shown out of order so far. */
    long late() {
        return late;
    }

    /**
     * @param horizon as it was before the rows were read; null: was not asked for
     * @param rows what was found of {@link #missing()} and after {@link #read()}, by id
     * @return what to show now, in this order
     */
    List<EventView> take(@Nullable Horizon horizon, List<EventView> rows, long nanoTime) {
        List<EventView> shown = new ArrayList<>();
        for (EventView row : rows) {
            long id = Objects.requireNonNull(row.id());
            if (id > position) {
                missing.remove(id);
                held.put(id, row);
            } else if (missing.remove(id) != null) {
                late++;
                shown.add(row);
            }
        }
        if (horizon != null) {
            judge(horizon, nanoTime);
        }
        noteMissing(nanoTime);
        advance(shown, nanoTime);
        return shown;
    }

    private void judge(Horizon horizon, long nanoTime) {
        missing.values().removeIf(each -> {
            if (each.overAt == null) {
                each.overAt = horizon.next();
            } else if (horizon.oldest() >= each.overAt) {
                each.over = true;
            }
            return each.over && nanoTime - each.since > DOUBT.toNanos();
        });
    }

    private void noteMissing(long nanoTime) {
        if (held.isEmpty() || held.lastKey() <= read) {
            return;
        }
        long highest = held.lastKey();
        for (long id = Math.max(read + 1, highest - MAX_MISSING); id < highest; id++) {
            if (!held.containsKey(id)) {
                missing.put(id, new Missing(nanoTime));
            }
        }
        read = highest;
        while (missing.size() > MAX_MISSING) {
            missing.pollFirstEntry();
        }
    }

    private void advance(List<EventView> shown, long nanoTime) {
        NavigableMap<Long, Missing> waitedFor = missing.tailMap(position, false);
        for (Map.Entry<Long, Missing> each : waitedFor.entrySet()) {
            if (!each.getValue().over && nanoTime - each.getValue().since <= HOLD.toNanos()) {
                show(shown, each.getKey() - 1);
                return;
            }
        }
        show(shown, read);
    }

    private void show(List<EventView> shown, long upTo) {
        NavigableMap<Long, EventView> ready = held.headMap(upTo, true);
        shown.addAll(ready.values());
        ready.clear();
        position = Math.max(position, upTo);
    }
}
