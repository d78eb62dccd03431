package dev.meseta.agent.flows.datapath.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * A pinned map: reads and writes of its entries. Keys and values are memory laid out as the program declares them. For one
 * thread.
 */
public final class BpfMap implements AutoCloseable {

    private static final int FIRST_BATCH = 4_096;
    /** A bucket of a hash table that does not fit makes the kernel refuse a batch; none is ever as long as this. */
    private static final int LARGEST_BATCH = 1 << 20;

    private final BpfHandle handle;
    private final Bpf library;
    private final int keySize;
    private final int valueSize;
    private boolean batches = true;
    private int batchSize = FIRST_BATCH;

    private BpfMap(BpfHandle handle) {
        this.handle = handle;
        this.library = handle.library();
        this.keySize = handle.keySize();
        this.valueSize = handle.valueSize();
    }

    /** Sees entries; what it is given is only good for the time of the call. */
    @FunctionalInterface
    public interface Visitor {
        void entry(MemorySegment key, MemorySegment value);
    }

    /** @throws BpfException NO_ENTRY when nothing is pinned there */
    public static BpfMap open(Path file) {
        return new BpfMap(BpfHandle.open(file));
    }

    public int keySize() {
        return keySize;
    }

    public int valueSize() {
        return valueSize;
    }

    /** How many entries it takes. */
    public int mostEntries() {
        return handle.mostEntries();
    }

    /** Whether there is such an entry; its value is copied. */
    public boolean lookup(MemorySegment key, MemorySegment value) {
        try {
            return found("reading", (int) library.lookup.invokeExact(handle.descriptor(), key, value));
        } catch (Throwable e) {
            throw Bpf.rethrow(e);
        }
    }

    /** Takes an entry out; what its value was at that moment is copied. Needs Linux 5.14 for hash tables. */
    public boolean take(MemorySegment key, MemorySegment value) {
        try {
            return found("taking", (int) library.lookupAndDelete.invokeExact(handle.descriptor(), key, value));
        } catch (Throwable e) {
            throw Bpf.rethrow(e);
        }
    }

    /** Sets an entry, whether there is one or not. */
    public void put(MemorySegment key, MemorySegment value) {
        try {
            library.check("writing", (int) library.update.invokeExact(handle.descriptor(), key, value, 0L));
        } catch (Throwable e) {
            throw Bpf.rethrow(e);
        }
    }

    /** Sets many entries, laid out one behind the other. */
    public void putAll(MemorySegment keys, MemorySegment values, int count) {
        if (count == 0) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocateFrom(Library.INT, count);
            library.check("writing many", (int)
                    library.updateBatch.invokeExact(handle.descriptor(), keys, values, number, MemorySegment.NULL));
        } catch (Throwable e) {
            throw Bpf.rethrow(e);
        }
    }

    /** Whether there was such an entry. */
    public boolean remove(MemorySegment key) {
        try {
            return found("removing", (int) library.delete.invokeExact(handle.descriptor(), key));
        } catch (Throwable e) {
            throw Bpf.rethrow(e);
        }
    }

    private boolean found(String what, int result) {
        if (result == -ErrorNumbers.NO_ENTRY) {
            return false;
        }
        library.check(what, result);
        return true;
    }

    /** The parts of one value of a map that has one for each processor, added up as 64-bit numbers. */
    public long sum(int index) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment parts = arena.allocate(ValueLayout.JAVA_LONG, library.possibleCpus());
            if (!lookup(arena.allocateFrom(Library.INT, index), parts)) {
                return 0;
            }
            return java.util.Arrays.stream(parts.toArray(ValueLayout.JAVA_LONG)).sum();
        }
    }

    /**
     * Shows every entry of a hash table. One that comes or goes meanwhile may be shown or not; every other one is shown,
     * once.
     */
    public void forEach(Visitor visitor) {
        if (batches) {
            try {
                forEachInBatches(visitor);
                return;
            } catch (BpfException e) {
                // Linux before 5.6 has no batches; nothing was shown yet when it says so.
                if (e.code() != ErrorNumbers.INVALID) {
                    throw e;
                }
                batches = false;
            }
        }
        forEachByKey(visitor);
    }

    private void forEachInBatches(Visitor visitor) {
        try (Arena arena = Arena.ofConfined()) {
            // The position is a bucket, and as large as a key at most.
            MemorySegment position = arena.allocate(Math.max(keySize, Long.BYTES), Long.BYTES);
            MemorySegment next = arena.allocate(Math.max(keySize, Long.BYTES), Long.BYTES);
            MemorySegment number = arena.allocate(Library.INT);
            MemorySegment keys = arena.allocate((long) batchSize * keySize, Long.BYTES);
            MemorySegment values = arena.allocate((long) batchSize * valueSize, Long.BYTES);
            MemorySegment begin = MemorySegment.NULL;
            boolean more = true;
            while (more) {
                number.set(Library.INT, 0, batchSize);
                int result = (int) library.lookupBatch.invokeExact(
                        handle.descriptor(), begin, next, keys, values, number, MemorySegment.NULL);
                if (result == -ErrorNumbers.NO_SPACE && batchSize < LARGEST_BATCH) {
                    batchSize *= 2;
                    keys = arena.allocate((long) batchSize * keySize, Long.BYTES);
                    values = arena.allocate((long) batchSize * valueSize, Long.BYTES);
                    continue;
                }
                more = found("reading many", result);
                int count = number.get(Library.INT, 0);
                for (int index = 0; index < count; index++) {
                    visitor.entry(
                            keys.asSlice((long) index * keySize, keySize),
                            values.asSlice((long) index * valueSize, valueSize));
                }
                position.copyFrom(next);
                begin = position;
            }
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    private void forEachByKey(Visitor visitor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(keySize, Long.BYTES);
            MemorySegment next = arena.allocate(keySize, Long.BYTES);
            MemorySegment value = arena.allocate(valueSize, Long.BYTES);
            boolean more = nextKey(MemorySegment.NULL, next);
            while (more) {
                key.copyFrom(next);
                // Before the entry may be taken out: with it the place in the table is lost, and the way begins anew.
                more = nextKey(key, next);
                if (lookup(key, value)) {
                    visitor.entry(key, value);
                }
            }
        }
    }

    private boolean nextKey(MemorySegment key, MemorySegment next) {
        try {
            return found("going on", (int) library.nextKey.invokeExact(handle.descriptor(), key, next));
        } catch (Throwable e) {
            throw Bpf.rethrow(e);
        }
    }

    /** What a visitor throws goes on as it is. */
    private static RuntimeException rethrow(Throwable thrown) {
        if (thrown instanceof RuntimeException failure) {
            return failure;
        }
        throw Library.impossible(thrown);
    }

    @Override
    public void close() {
        handle.close();
    }
}
