package dev.meseta.lab.host;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** The user-space end of a TAP interface: whole Ethernet frames in and out. The interface lives as long as it is open. */
final class TapDevice implements AutoCloseable {

    private static final int OPEN_READ_WRITE = 2;
    private static final long SET_INTERFACE = 0x400454caL;
    private static final short TAP_WITHOUT_PACKET_INFO = 0x1002;
    private static final int REQUEST_SIZE = 40;
    private static final int NAME_SIZE = 16;
    private static final int LARGEST_FRAME = 65_536;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle OPEN =
            function("open", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    private static final MethodHandle IOCTL = function(
            "ioctl",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle READ = function(
            "read",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    private static final MethodHandle WRITE = function(
            "write",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    private static final MethodHandle CLOSE =
            function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private final Arena arena = Arena.ofShared();
    private final MemorySegment incoming = arena.allocate(LARGEST_FRAME);
    private final MemorySegment outgoing = arena.allocate(LARGEST_FRAME);
    private final String name;
    private final int descriptor;

    private TapDevice(String name, int descriptor) {
        this.name = name;
        this.descriptor = descriptor;
    }

    /** Makes the interface; it goes when the device is closed or this process ends. */
    static TapDevice create(String name) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            int descriptor = (int) OPEN.invokeExact(arena.allocateFrom("/dev/net/tun"), OPEN_READ_WRITE);
            if (descriptor < 0) {
                throw new IOException("cannot open /dev/net/tun");
            }
            MemorySegment request = arena.allocate(REQUEST_SIZE);
            request.setString(0, name);
            request.set(ValueLayout.JAVA_SHORT, NAME_SIZE, TAP_WITHOUT_PACKET_INFO);
            if ((int) IOCTL.invokeExact(descriptor, SET_INTERFACE, request) < 0) {
                int closed = (int) CLOSE.invokeExact(descriptor);
                throw new IOException("cannot make the TAP interface %s (close: %d)".formatted(name, closed));
            }
            return new TapDevice(name, descriptor);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits for a frame; empty when the interface has been deleted. One caller at a time. */
    Optional<byte[]> read() {
        try {
            long length = (long) READ.invokeExact(descriptor, incoming, (long) LARGEST_FRAME);
            return length <= 0
                    ? Optional.empty()
                    : Optional.of(incoming.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
        } catch (Throwable e) {
            throw new IllegalStateException("reading from " + name, e);
        }
    }

    /** Sends a frame; like on a wire, nobody is told when it does not arrive. One caller at a time. */
    boolean write(byte[] frame) {
        try {
            MemorySegment.copy(frame, 0, outgoing, ValueLayout.JAVA_BYTE, 0, frame.length);
            return (long) WRITE.invokeExact(descriptor, outgoing, (long) frame.length) == frame.length;
        } catch (Throwable e) {
            throw new IllegalStateException("writing to " + name, e);
        }
    }

    /** Only after nobody reads or writes any more. */
    @Override
    public void close() {
        try {
            int closed = (int) CLOSE.invokeExact(descriptor);
            if (closed != 0) {
                throw new IllegalStateException("cannot close " + name);
            }
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        arena.close();
    }

    private static MethodHandle function(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, options);
    }
}
