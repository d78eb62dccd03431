package dev.meseta.agent.flows.datapath.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** A pinned map or program that this process holds open. */
public final class BpfHandle implements AutoCloseable {

    private static final int INFORMATION_SIZE = 256;
    private static final long ID = 4;
    private static final long KEY_SIZE = 8;
    private static final long VALUE_SIZE = 12;
    private static final long MOST_ENTRIES = 16;

    private final Bpf library;
    private final int descriptor;
    private boolean closed;

    private BpfHandle(Bpf library, int descriptor) {
        this.library = library;
        this.descriptor = descriptor;
    }

    /** @throws BpfException NO_ENTRY when nothing is pinned there */
    public static BpfHandle open(Path file) {
        Bpf library = Bpf.load();
        try (Arena arena = Arena.ofConfined()) {
            return new BpfHandle(library, library.check("opening " + file, (int)
                    library.objGet.invokeExact(arena.allocateFrom(file.toString()))));
        } catch (Throwable e) {
            throw Bpf.rethrow(e);
        }
    }

    /** Number of a map or program in this kernel; never used again. */
    public int id() {
        return information(ID);
    }

    /** Of a map, in bytes. */
    public int keySize() {
        return information(KEY_SIZE);
    }

    /** Of a map, in bytes; of one part, if it has one for each processor. */
    public int valueSize() {
        return information(VALUE_SIZE);
    }

    /** Of a map. */
    public int mostEntries() {
        return information(MOST_ENTRIES);
    }

    private int information(long offset) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment information = arena.allocate(INFORMATION_SIZE, Long.BYTES);
            MemorySegment length = arena.allocateFrom(Library.INT, INFORMATION_SIZE);
            library.check(
                    "asking what is pinned", (int) library.objGetInfo.invokeExact(descriptor, information, length));
            return information.get(Library.INT, offset);
        } catch (Throwable e) {
            throw Bpf.rethrow(e);
        }
    }

    int descriptor() {
        return descriptor;
    }

    Bpf library() {
        return library;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            SystemCalls.close(descriptor);
        }
    }
}
