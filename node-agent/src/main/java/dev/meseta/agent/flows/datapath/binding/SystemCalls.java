package dev.meseta.agent.flows.datapath.binding;

import static dev.meseta.agent.flows.datapath.binding.Library.INT;
import static dev.meseta.agent.flows.datapath.binding.Library.LONG;
import static dev.meseta.agent.flows.datapath.binding.Library.POINTER;
import static dev.meseta.agent.flows.datapath.binding.Library.SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Functions of the C library, named and typed as in their manual pages. Results of -1 become exceptions. */
final class SystemCalls {

    private static final MethodHandle CLOSE = Library.ofSystem("close", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle CLOCK_GETTIME =
            Library.ofSystem("clock_gettime", FunctionDescriptor.of(INT, INT, POINTER));
    private static final MethodHandle IF_NAMEINDEX = Library.ofSystem("if_nameindex", FunctionDescriptor.of(POINTER));
    private static final MethodHandle IF_FREENAMEINDEX =
            Library.ofSystem("if_freenameindex", FunctionDescriptor.ofVoid(POINTER));
    private static final MethodHandle SOCKET = Library.ofSystem("socket", FunctionDescriptor.of(INT, INT, INT, INT));
    private static final MethodHandle BIND = Library.ofSystem("bind", FunctionDescriptor.of(INT, INT, POINTER, INT));
    private static final MethodHandle RECV =
            Library.ofSystem("recv", FunctionDescriptor.of(LONG, INT, POINTER, LONG, INT));
    private static final MethodHandle POLL = Library.ofSystem("poll", FunctionDescriptor.of(INT, POINTER, LONG, INT));

    private static final int POLL_SIZE = 8;
    private static final long POLL_EVENTS = 4;
    private static final short READABLE = 1;

    private SystemCalls() {}

    static void close(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            // Linux has closed it even when it says that it was interrupted.
            int unused = (int) CLOSE.invokeExact(Library.callState(arena), descriptor);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    /** Nanoseconds of a clock. */
    static long clock(int which) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Library.callState(arena);
            MemorySegment time = arena.allocate(2 * Long.BYTES, Long.BYTES);
            check("reading clock " + which, state, (int) CLOCK_GETTIME.invokeExact(state, which, time));
            return time.get(LONG, 0) * 1_000_000_000L + time.get(LONG, Long.BYTES);
        } catch (Throwable e) {
            throw Bpf.rethrow(e);
        }
    }

    /** An array that ends with an index of 0; to be given back to {@link #freeNameIndex}. */
    static MemorySegment nameIndex() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Library.callState(arena);
            MemorySegment list = (MemorySegment) IF_NAMEINDEX.invokeExact(state);
            if (list.equals(MemorySegment.NULL)) {
                throw Bpf.load().failure("listing network devices", Library.errno(state));
            }
            return list;
        } catch (Throwable e) {
            throw Bpf.rethrow(e);
        }
    }

    static void freeNameIndex(MemorySegment list) {
        try (Arena arena = Arena.ofConfined()) {
            IF_FREENAMEINDEX.invokeExact(Library.callState(arena), list);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    static int socket(int family, int type, int protocol) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Library.callState(arena);
            return check("opening a socket", state, (int) SOCKET.invokeExact(state, family, type, protocol));
        } catch (Throwable e) {
            throw Bpf.rethrow(e);
        }
    }

    static void bind(int descriptor, MemorySegment address) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Library.callState(arena);
            check("binding a socket", state, (int)
                    BIND.invokeExact(state, descriptor, address, (int) address.byteSize()));
        } catch (Throwable e) {
            throw Bpf.rethrow(e);
        }
    }

    /** How many bytes came; throws TRY_AGAIN when there are none and flags say not to wait. */
    static long receive(int descriptor, MemorySegment buffer, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Library.callState(arena);
            long received = (long) RECV.invokeExact(state, descriptor, buffer, buffer.byteSize(), flags);
            if (received < 0) {
                throw Bpf.load().failure("reading a socket", Library.errno(state));
            }
            return received;
        } catch (Throwable e) {
            throw Bpf.rethrow(e);
        }
    }

    /** Whether there is something to read before the time is over. */
    static boolean awaitReadable(int descriptor, int milliseconds) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Library.callState(arena);
            MemorySegment poll = arena.allocate(POLL_SIZE, Integer.BYTES);
            poll.set(INT, 0, descriptor);
            poll.set(SHORT, POLL_EVENTS, READABLE);
            int ready = (int) POLL.invokeExact(state, poll, 1L, milliseconds);
            if (ready < 0 && Library.errno(state) == ErrorNumbers.INTERRUPTED) {
                return false;
            }
            return check("waiting for a socket", state, ready) > 0;
        } catch (Throwable e) {
            throw Bpf.rethrow(e);
        }
    }

    private static int check(String what, MemorySegment state, int result) {
        if (result < 0) {
            throw Bpf.load().failure(what, Library.errno(state));
        }
        return result;
    }
}
