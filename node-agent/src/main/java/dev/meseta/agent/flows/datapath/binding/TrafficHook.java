package dev.meseta.agent.flows.datapath.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalInt;

/**
 * Where a program sees a network device's packets: the queueing discipline {@code clsact}, made when it is missing. A
 * program has a place of its own there, its priority and its handle, beside those of others.
 */
public final class TrafficHook {

    /** Which packets. */
    public enum Direction {
        /** What the host receives from the device. */
        INGRESS(1),
        /** What the host sends out by it. */
        EGRESS(2);

        private final int number;

        Direction(int number) {
            this.number = number;
        }
    }

    private static final int HOOK_SIZE = 24;
    private static final long HOOK_DEVICE = 8;
    private static final long HOOK_POINT = 12;
    private static final int OPTIONS_SIZE = 32;
    private static final long OPTIONS_PROGRAM = 8;
    private static final long OPTIONS_FLAGS = 12;
    private static final long OPTIONS_PROGRAM_ID = 16;
    private static final long OPTIONS_HANDLE = 20;
    private static final long OPTIONS_PRIORITY = 24;
    private static final int REPLACE = 1;
    private static final int BOTH = Direction.INGRESS.number | Direction.EGRESS.number;

    private final Bpf library = Bpf.load();
    private final int priority;
    private final int handle;

    public TrafficHook(int priority, int handle) {
        this.priority = priority;
        this.handle = handle;
    }

    /** Makes a device ready for programs; no effect when it is. */
    public void prepare(int device) {
        try (Arena arena = Arena.ofConfined()) {
            int result = (int) library.hookCreate.invokeExact(hook(arena, device, BOTH));
            if (result != -ErrorNumbers.EXISTS) {
                library.check("adding clsact to device " + device, result);
            }
        } catch (Throwable e) {
            throw Bpf.rethrow(e);
        }
    }

    /** Puts a program to its place, instead of the one that is there, without a gap. */
    public void attach(int device, Direction direction, BpfHandle program) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment options = options(arena);
            options.set(Library.INT, OPTIONS_PROGRAM, program.descriptor());
            options.set(Library.INT, OPTIONS_FLAGS, REPLACE);
            library.check("attaching to device " + device, (int)
                    library.attach.invokeExact(hook(arena, device, direction.number), options));
        } catch (Throwable e) {
            throw Bpf.rethrow(e);
        }
    }

    /** The id of the program in our place, or empty when there is none. */
    public OptionalInt attached(int device, Direction direction) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment options = options(arena);
            int result = (int) library.query.invokeExact(hook(arena, device, direction.number), options);
            // A device without clsact has an invalid parent.
            if (result == -ErrorNumbers.NO_ENTRY || result == -ErrorNumbers.INVALID) {
                return OptionalInt.empty();
            }
            library.check("asking device " + device, result);
            return OptionalInt.of(options.get(Library.INT, OPTIONS_PROGRAM_ID));
        } catch (Throwable e) {
            throw Bpf.rethrow(e);
        }
    }

    private static MemorySegment hook(Arena arena, int device, int point) {
        MemorySegment hook = arena.allocate(HOOK_SIZE, Long.BYTES);
        hook.set(Library.LONG, 0, HOOK_SIZE);
        hook.set(Library.INT, HOOK_DEVICE, device);
        hook.set(Library.INT, HOOK_POINT, point);
        return hook;
    }

    private MemorySegment options(Arena arena) {
        MemorySegment options = arena.allocate(OPTIONS_SIZE, Long.BYTES);
        options.set(Library.LONG, 0, OPTIONS_SIZE);
        options.set(Library.INT, OPTIONS_HANDLE, handle);
        options.set(Library.INT, OPTIONS_PRIORITY, priority);
        return options;
    }
}
