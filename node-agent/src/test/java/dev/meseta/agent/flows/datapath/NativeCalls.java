package dev.meseta.agent.flows.datapath;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The system calls that Java has no words for: taps, and going into a network namespace. */
final class NativeCalls {

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final AddressLayout POINTER = ValueLayout.ADDRESS;
    private static final Linker LINKER = Linker.nativeLinker();
    private static final int VARIADIC_FROM = 2;

    private static final MethodHandle OPEN = handle(
            "open", FunctionDescriptor.of(INT, POINTER, INT, INT), Linker.Option.firstVariadicArg(VARIADIC_FROM));
    private static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(INT, INT));
    private static final MethodHandle IOCTL = handle(
            "ioctl", FunctionDescriptor.of(INT, INT, LONG, POINTER), Linker.Option.firstVariadicArg(VARIADIC_FROM));
    private static final MethodHandle READ = handle("read", FunctionDescriptor.of(LONG, INT, POINTER, LONG));
    private static final MethodHandle WRITE = handle("write", FunctionDescriptor.of(LONG, INT, POINTER, LONG));
    private static final MethodHandle SETNS = handle("setns", FunctionDescriptor.of(INT, INT, INT));

    private NativeCalls() {}

    private static MethodHandle handle(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, options);
    }

    /** A descriptor, or -1. */
    static int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) OPEN.invokeExact(arena.allocateFrom(path), flags, 0);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    static void close(int descriptor) {
        try {
            int unused = (int) CLOSE.invokeExact(descriptor);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    static int ioctl(int descriptor, long request, MemorySegment argument) {
        try {
            return (int) IOCTL.invokeExact(descriptor, request, argument);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** How many bytes, or -1. */
    static long read(int descriptor, MemorySegment buffer) {
        try {
            return (long) READ.invokeExact(descriptor, buffer, buffer.byteSize());
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    static long write(int descriptor, MemorySegment bytes) {
        try {
            return (long) WRITE.invokeExact(descriptor, bytes, bytes.byteSize());
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Takes the calling thread into a namespace; 0 when that worked. */
    static int setns(int descriptor, int type) {
        try {
            return (int) SETNS.invokeExact(descriptor, type);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
