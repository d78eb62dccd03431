package dev.meseta.agent.hypervisor.libvirt.binding;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Finds functions in the installed library. */
final class Library {

    static final String NAME = "libvirt.so.0";
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    static final AddressLayout POINTER = ValueLayout.ADDRESS;

    private final Linker linker = Linker.nativeLinker();
    private final SymbolLookup symbols;

    Library() {
        try {
            symbols = SymbolLookup.libraryLookup(NAME, Arena.global());
        } catch (IllegalArgumentException e) {
            LibvirtException missing = new LibvirtException(
                    LibvirtErrors.LIBRARY_MISSING, 0, NAME + " cannot be loaded; install libvirt's client library");
            missing.initCause(e);
            throw missing;
        }
    }

    MethodHandle function(String name, FunctionDescriptor descriptor) {
        MemorySegment address = symbols.find(name)
                .orElseThrow(() -> new LibvirtException(
                        LibvirtErrors.LIBRARY_MISSING, 0, NAME + " has no function " + name + "; it is too old"));
        return linker.downcallHandle(address, descriptor);
    }

    /** A call through a handle can only throw what is a bug here. */
    static AssertionError impossible(Throwable cause) {
        return new AssertionError("a native call failed in Java", cause);
    }
}
