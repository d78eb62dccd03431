package dev.meseta.agent.flows.datapath.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * A compiled object file on its way into the kernel: opened, set up, loaded, and closed again when everything that shall
 * stay has been pinned.
 */
public final class BpfObject implements AutoCloseable {

    private static final int OPTIONS_SIZE = 72;
    private static final long OPTIONS_NAME = 8;
    private static final long OPTIONS_LOG_BUFFER = 48;
    private static final long OPTIONS_LOG_SIZE = 56;
    private static final int LOG_SIZE = 256 << 10;
    private static final int LONGEST_REASON = 400;

    private final Bpf library;
    private final Arena arena;
    private final MemorySegment log;
    private final MemorySegment pointer;

    private BpfObject(Bpf library, Arena arena, MemorySegment log, MemorySegment pointer) {
        this.library = library;
        this.arena = arena;
        this.log = log;
        this.pointer = pointer;
    }

    /**
     * Reads an object file.
     *
     * @param name what messages call it
     * @throws BpfException LIBRARY_MISSING, or whatever is wrong with it
     */
    public static BpfObject open(String name, byte[] content) {
        Bpf library = Bpf.load();
        // What libbpf is given must stay for as long as the object does, which is longer than a call.
        Arena arena = Arena.ofAuto();
        MemorySegment log = arena.allocate(LOG_SIZE);
        MemorySegment options = arena.allocate(OPTIONS_SIZE, Long.BYTES);
        options.set(Library.LONG, 0, OPTIONS_SIZE);
        options.set(Library.POINTER, OPTIONS_NAME, arena.allocateFrom(name));
        options.set(Library.POINTER, OPTIONS_LOG_BUFFER, log);
        options.set(Library.LONG, OPTIONS_LOG_SIZE, LOG_SIZE);
        // Its parts are read as 64-bit words.
        MemorySegment bytes = arena.allocate(content.length, Long.BYTES);
        MemorySegment.copy(content, 0, bytes, ValueLayout.JAVA_BYTE, 0, content.length);
        MemorySegment state = Library.callState(arena);
        try {
            MemorySegment pointer =
                    (MemorySegment) library.objectOpenMem.invokeExact(state, bytes, (long) content.length, options);
            if (pointer.equals(MemorySegment.NULL)) {
                throw library.failure("opening " + name, Library.errno(state));
            }
            return new BpfObject(library, arena, log, pointer);
        } catch (Throwable e) {
            throw Bpf.rethrow(e);
        }
    }

    /** How many entries a map shall have; before it is loaded. */
    public void setSize(String map, int entries) {
        try {
            library.check("setting the size of " + map, (int) library.mapSetMaxEntries.invokeExact(map(map), entries));
        } catch (Throwable e) {
            throw Bpf.rethrow(e);
        }
    }

    /** Where a map is pinned when it is loaded; what is pinned there already is taken instead of a new one. */
    public void setPin(String map, Path file) {
        try {
            library.check("pinning " + map, (int)
                    library.mapSetPinPath.invokeExact(map(map), arena.allocateFrom(file.toString())));
        } catch (Throwable e) {
            throw Bpf.rethrow(e);
        }
    }

    /**
     * Loads maps and programs into the kernel.
     *
     * @throws BpfException when it refuses; the message has the verifier's last words if it said any
     */
    public void load() {
        try {
            int result = (int) library.objectLoad.invokeExact(pointer);
            if (result < 0) {
                BpfException failure = library.failure("loading into the kernel", -result);
                throw new BpfException(failure.code(), failure.getMessage() + reason());
            }
        } catch (Throwable e) {
            throw Bpf.rethrow(e);
        }
    }

    private String reason() {
        String text = log.getString(0).strip();
        return text.isEmpty() ? "" : ": " + text.substring(Math.max(0, text.length() - LONGEST_REASON));
    }

    /** Keeps a loaded program alive beyond this process, under a name. */
    public void pinProgram(String program, Path file) {
        try (Arena call = Arena.ofConfined()) {
            library.check("pinning " + program, (int) library.programPin.invokeExact(
                    find(library.objectFindProgram, program), call.allocateFrom(file.toString())));
        } catch (Throwable e) {
            throw Bpf.rethrow(e);
        }
    }

    private MemorySegment map(String name) {
        return find(library.objectFindMap, name);
    }

    private MemorySegment find(java.lang.invoke.MethodHandle finder, String name) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment state = Library.callState(call);
            MemorySegment found = (MemorySegment) finder.invokeExact(state, pointer, call.allocateFrom(name));
            if (found.equals(MemorySegment.NULL)) {
                throw library.failure("looking for " + name, Library.errno(state));
            }
            return found;
        } catch (Throwable e) {
            throw Bpf.rethrow(e);
        }
    }

    @Override
    public void close() {
        try {
            library.objectClose.invokeExact(pointer);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }
}
