package dev.meseta.agent.flows.datapath.binding;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Finds functions in the installed library and in the C library. */
final class Library {

    static final String NAME = "libbpf.so.1";
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT;
    static final AddressLayout POINTER = ValueLayout.ADDRESS;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option KEEP_ERRNO = Linker.Option.captureCallState("errno");
    private static final MemoryLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO_OFFSET = CALL_STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    private final SymbolLookup symbols;

    Library() {
        try {
            symbols = SymbolLookup.libraryLookup(NAME, Arena.global());
        } catch (IllegalArgumentException e) {
            BpfException missing = new BpfException(
                    ErrorNumbers.LIBRARY_MISSING, NAME + " cannot be loaded; install libbpf (Debian: libbpf1)");
            missing.initCause(e);
            throw missing;
        }
    }

    MethodHandle function(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(address(name), descriptor);
    }

    /** One that leaves its error in {@code errno}: it takes {@link #callState} as its first argument. */
    MethodHandle functionWithErrno(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(address(name), descriptor, KEEP_ERRNO);
    }

    private MemorySegment address(String name) {
        return symbols.find(name)
                .orElseThrow(() -> new BpfException(
                        ErrorNumbers.LIBRARY_MISSING, NAME + " has no function " + name + "; it is too old"));
    }

    /** A function of the C library that leaves its error in {@code errno}; see {@link #functionWithErrno}. */
    static MethodHandle ofSystem(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, KEEP_ERRNO);
    }

    static MemorySegment callState(Arena arena) {
        return arena.allocate(CALL_STATE);
    }

    static int errno(MemorySegment callState) {
        return callState.get(INT, ERRNO_OFFSET);
    }

    /** A call through a handle can only throw what is a bug here. */
    static AssertionError impossible(Throwable cause) {
        return new AssertionError("a native call failed in Java", cause);
    }
}
