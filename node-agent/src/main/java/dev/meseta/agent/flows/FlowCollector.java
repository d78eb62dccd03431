package dev.meseta.agent.flows;

import dev.meseta.agent.hypervisor.Vnic;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes records of what the datapath counted: reads the table, tells what came since it told last, and takes out flows that
 * have ended, are silent, or whose tap is gone. For one thread.
 *
 * <p>Nothing is lost between reading and taking out: a flow is taken out with the counters it has at that very moment, and
 * those are told, not the ones read before. What remains is a packet that found its flow in the table before it was taken
 * out and adds itself afterwards. The program needs some hundred nanoseconds for that, and only flows are taken out whose
 * last packet is seconds old, so such a packet would have to be the first one after a silence. It would be the only packet
 * in Meseta that is neither told of nor counted as lost.
 *
 * <p>In each round the order is: note how many records there will be; take out; note what is told; offer it. An agent that
 * dies in between leaves a gap in the numbering, which watchers are told as dropped records, or flows that are told once
 * more in its next life; never a loss that nobody hears of.
 */
public final class FlowCollector {

    /** A batch must stay below the mebibyte that managers take as one message; records have 220 to 300 bytes there. */
    public static final int LARGEST_BATCH = 3_000;

    /** When flows are taken out, in silence. */
    public record Patience(Duration ofIdle, Duration ofEnded) {

        /**
         * A minute, as monitoring systems have it for short flows; and long enough for the last acknowledgement of a TCP
         * connection to be counted with it.
         */
        public static final Patience DEFAULT = new Patience(Duration.ofSeconds(60), Duration.ofSeconds(2));
    }

    private static final System.Logger LOG = System.getLogger(FlowCollector.class.getName());
    private static final long NANOS = 1_000_000_000;

    private final FlowTable table;
    private final Vnics vnics;
    private final InstantSource clock;
    private final Patience patience;
    private final FlowFeed feed;
    private final Map<Long, FlowTold> told;
    private FlowTable.Progress progress;
    private long seenBefore = -1;
    private long nextDue;
    private boolean unidentified;

    /** @param bounds of the feed */
    public FlowCollector(FlowTable table, Vnics vnics, InstantSource clock, Patience patience, FlowFeed.Bounds bounds) {
        this.table = table;
        this.vnics = vnics;
        this.clock = clock;
        this.patience = patience;
        this.told = new HashMap<>(table.reported());
        this.progress = table.progress();
        FlowTable.Packets packets = table.packets();
        this.feed = new FlowFeed(
                progress.name(),
                FlowSource.DATAPATH,
                new FlowPosition(progress.batches(), progress.records(), packets.withoutRoom(), packets.unreadable()),
                bounds);
    }

    /** Where its records are offered. */
    public FlowFeed feed() {
        return feed;
    }

    /** What one reading of the table found. */
    private final class Findings implements FlowTable.Visitor {

        private final long now = table.now();
        private final List<FlowState> changed = new ArrayList<>();
        private final List<FlowState> leaving = new ArrayList<>();
        private final List<FlowState> nobodys = new ArrayList<>();
        private long due = Long.MAX_VALUE;
        private boolean anyUnidentified;

        @Override
        public void flow(FlowTable.Row row) {
            boolean identified = vnics.find(row.vnic()).isPresent();
            boolean present = vnics.isPresent(row.vnic());
            Duration silence = row.hasEnded() ? patience.ofEnded() : patience.ofIdle();
            long end = row.lastSeen() + silence.toNanos();
            if (!identified) {
                if (present) {
                    // It is asked for; until then the flow waits where it is.
                    anyUnidentified = true;
                } else {
                    nobodys.add(row.state());
                }
            } else if (!present || row.isRetired() || end <= now) {
                leaving.add(row.state());
            } else {
                due = Math.min(due, end);
                if (row.packets()
                        != told.getOrDefault(row.flowId(), FlowTold.NOTHING)
                                .counters()
                                .packets()) {
                    changed.add(row.state());
                }
            }
        }
    }

    /** Reads once and offers what is new; at least one batch, if only an empty one. */
    public void round() {
        FlowTable.Packets packets = table.packets();
        List<FlowRecord> records = mayHaveNews(packets) ? read(packets) : List.of();
        publish(records, packets);
    }

    /** On a quiet host the table is not read at all. */
    private boolean mayHaveNews(FlowTable.Packets packets) {
        return packets.seen() != seenBefore
                || unidentified
                || table.now() >= nextDue
                || !vnics.departed().isEmpty();
    }

    private List<FlowRecord> read(FlowTable.Packets packets) {
        List<Integer> departed = List.copyOf(vnics.departed());
        Findings found = new Findings();
        table.forEach(found);
        seenBefore = packets.seen();
        nextDue = found.due;
        unidentified = found.anyUnidentified;

        int made = found.changed.size() + found.leaving.size() + found.nobodys.size();
        if (made > 0) {
            advance(0, made);
        }
        List<FlowRecord> records = new ArrayList<>(made);
        long bootNanos = bootNanos();
        Map<Long, FlowTold> news = new HashMap<>();
        for (FlowState state : found.changed) {
            FlowTold before = told.getOrDefault(state.flowId(), FlowTold.NOTHING);
            records.add(FlowRecord.of(state, owner(state), before, bootNanos, false));
            news.put(state.flowId(), FlowTold.of(state));
        }
        List<Long> over = new ArrayList<>();
        for (FlowState state : found.leaving) {
            takeOut(state).ifPresent(last -> {
                FlowTold before = told.getOrDefault(last.flowId(), FlowTold.NOTHING);
                records.add(FlowRecord.of(last, owner(last), before, bootNanos, true));
                over.add(last.flowId());
            });
        }
        for (FlowState state : found.nobodys) {
            takeOut(state).ifPresent(last -> over.add(last.flowId()));
        }
        if (!found.nobodys.isEmpty()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} flows of taps that are gone and that nobody knows were dropped",
                    found.nobodys.size());
        }
        // In this order there is room for both.
        table.forget(over);
        table.report(news);
        over.forEach(told::remove);
        told.putAll(news);
        departed.forEach(vnics::forget);
        return records;
    }

    /**
     * What is taken out may be the next conversation of the same two ends, begun since the table was read: then that one is
     * told of and goes on under another id, and the old one, retired, is found in the next round.
     */
    private Optional<FlowState> takeOut(FlowState read) {
        return table.take(read.key());
    }

    private Vnic owner(FlowState state) {
        return vnics.find(state.key().vnic())
                .orElseThrow(() -> new IllegalStateException("the vNIC of a flow was forgotten before the flow"));
    }

    private void publish(List<FlowRecord> records, FlowTable.Packets packets) {
        Instant now = clock.instant();
        int begin = 0;
        do {
            int end = Math.min(begin + LARGEST_BATCH, records.size());
            // Records that lie between were made and are in no batch.
            long after = progress.records() - (records.size() - end);
            advance(1, 0);
            feed.publish(
                    now,
                    records.subList(begin, end),
                    new FlowPosition(progress.batches(), after, packets.withoutRoom(), packets.unreadable()));
            begin = end;
        } while (begin < records.size());
    }

    private void advance(int batches, int records) {
        progress = new FlowTable.Progress(progress.name(), progress.batches() + batches, progress.records() + records);
        table.progress(progress);
    }

    /** When the datapath's clock was zero, in nanoseconds since 1970. */
    private long bootNanos() {
        Instant now = clock.instant();
        return now.getEpochSecond() * NANOS + now.getNano() - table.now();
    }
}
