package dev.meseta.agent.flows.datapath;

import dev.meseta.agent.flows.FlowKey;
import dev.meseta.agent.flows.FlowState;
import dev.meseta.agent.flows.FlowTable;
import dev.meseta.agent.flows.FlowTold;
import dev.meseta.agent.flows.datapath.binding.BootClock;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The flow table in the kernel's maps. */
final class KernelFlowTable implements FlowTable {

    // Places in the map "losses".
    private static final int WITHOUT_ROOM = 0;
    private static final int UNREADABLE = 1;
    private static final int SEEN = 2;

    private static final long PROGRESS_BATCHES = 16;
    private static final long PROGRESS_RECORDS = 24;

    private final Datapath datapath;

    KernelFlowTable(Datapath datapath) {
        this.datapath = datapath;
        begin();
    }

    /** A map of this kind has its one entry from the beginning, all zeros. */
    private void begin() {
        if (progress().name().equals(new UUID(0, 0).toString())) {
            progress(new Progress(UUID.randomUUID().toString(), 0, 0));
        }
    }

    @Override
    public long now() {
        return BootClock.nanoseconds();
    }

    @Override
    public Packets packets() {
        // All there were is read first: what comes meanwhile is news for the next time.
        long seen = datapath.losses().sum(SEEN);
        return new Packets(
                seen, datapath.losses().sum(WITHOUT_ROOM), datapath.losses().sum(UNREADABLE));
    }

    @Override
    public void forEach(Visitor visitor) {
        KernelRow row = new KernelRow();
        datapath.flows().forEach((key, flow) -> {
            row.key = key;
            row.flow = flow;
            visitor.flow(row);
        });
    }

    @Override
    public Optional<FlowState> take(FlowKey key) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment raw = arena.allocate(FlowLayout.KEY_SIZE, Long.BYTES);
            MemorySegment flow = arena.allocate(FlowLayout.FLOW_SIZE, Long.BYTES);
            FlowLayout.write(key, raw);
            return datapath.flows().take(raw, flow) ? Optional.of(FlowLayout.state(raw, flow)) : Optional.empty();
        }
    }

    @Override
    public Map<Long, FlowTold> reported() {
        Map<Long, FlowTold> reported = new HashMap<>();
        datapath.reported()
                .forEach((key, value) ->
                        reported.put(key.get(ValueLayout.JAVA_LONG_UNALIGNED, 0), FlowLayout.reported(value)));
        return reported;
    }

    @Override
    public void report(Map<Long, FlowTold> told) {
        try (Arena arena = Arena.ofConfined()) {
            int count = told.size();
            MemorySegment keys = arena.allocate((long) count * Long.BYTES, Long.BYTES);
            MemorySegment values = arena.allocate((long) count * FlowLayout.REPORTED_SIZE, Long.BYTES);
            int index = 0;
            for (Map.Entry<Long, FlowTold> entry : told.entrySet()) {
                keys.setAtIndex(ValueLayout.JAVA_LONG, index, entry.getKey());
                FlowLayout.write(entry.getValue(), values, (long) index * FlowLayout.REPORTED_SIZE);
                index++;
            }
            datapath.reported().putAll(keys, values, count);
        }
    }

    @Override
    public void forget(Collection<Long> flowIds) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(ValueLayout.JAVA_LONG);
            for (long flowId : flowIds) {
                key.set(ValueLayout.JAVA_LONG, 0, flowId);
                // One that was told of only once was never noted.
                boolean unused = datapath.reported().remove(key);
            }
        }
    }

    @Override
    public Progress progress() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(FlowLayout.PROGRESS_SIZE, Long.BYTES);
            boolean unused = datapath.progress().lookup(arena.allocateFrom(ValueLayout.JAVA_INT, 0), value);
            return new Progress(
                    FlowLayout.uuid(value, 0).toString(),
                    value.get(ValueLayout.JAVA_LONG, PROGRESS_BATCHES),
                    value.get(ValueLayout.JAVA_LONG, PROGRESS_RECORDS));
        }
    }

    @Override
    public void progress(Progress progress) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(FlowLayout.PROGRESS_SIZE, Long.BYTES);
            FlowLayout.write(UUID.fromString(progress.name()), value, 0);
            value.set(ValueLayout.JAVA_LONG, PROGRESS_BATCHES, progress.batches());
            value.set(ValueLayout.JAVA_LONG, PROGRESS_RECORDS, progress.records());
            datapath.progress().put(arena.allocateFrom(ValueLayout.JAVA_INT, 0), value);
        }
    }

    private static final class KernelRow implements Row {

        private MemorySegment key = MemorySegment.NULL;
        private MemorySegment flow = MemorySegment.NULL;

        @Override
        public int vnic() {
            return FlowLayout.vnic(key);
        }

        @Override
        public long flowId() {
            return FlowLayout.flowId(flow);
        }

        @Override
        public long packets() {
            return FlowLayout.packets(flow);
        }

        @Override
        public long lastSeen() {
            return FlowLayout.lastSeen(flow);
        }

        @Override
        public boolean hasEnded() {
            return FlowLayout.hasEnded(flow);
        }

        @Override
        public boolean isRetired() {
            return FlowLayout.isRetired(key);
        }

        @Override
        public FlowState state() {
            return FlowLayout.state(key, flow);
        }
    }
}
