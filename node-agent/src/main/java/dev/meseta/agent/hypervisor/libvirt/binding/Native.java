package dev.meseta.agent.hypervisor.libvirt.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** The loaded library, and what every call needs: error checks and C strings. */
final class Native {

    private static final int ERROR_SIZE = 80;
    private static final long ERROR_CODE = 0;
    private static final long ERROR_DOMAIN = 4;
    private static final long ERROR_MESSAGE = 8;

    private static @Nullable Native loaded;

    final ConnectFunctions connect;
    final DomainFunctions domain;
    final Callbacks callbacks;
    private final MethodHandle free;

    private Native() {
        Library library = new Library();
        connect = new ConnectFunctions(library);
        domain = new DomainFunctions(library);
        callbacks = new Callbacks(this);
        Linker linker = Linker.nativeLinker();
        free = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("free"), FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
        // libvirt's default is to print every error to stderr; ours reach the caller as exceptions.
        connect.setErrorFunc(MemorySegment.NULL, callbacks.ignoreError());
        check(connect.initialize());
    }

    /**
     * Loads the library on first use.
     *
     * @throws LibvirtException LIBRARY_MISSING when it is absent or too old
     */
    static synchronized Native load() {
        Native present = loaded;
        if (present == null) {
            present = new Native();
            loaded = present;
        }
        return present;
    }

    /** Passes a result on, or throws the thread's last error when it is negative. */
    int check(int result) {
        if (result < 0) {
            throw lastError();
        }
        return result;
    }

    /** Passes a pointer on, or throws the thread's last error when it is NULL. */
    MemorySegment check(MemorySegment pointer) {
        if (pointer.equals(MemorySegment.NULL)) {
            throw lastError();
        }
        return pointer;
    }

    /** A string that the caller of libvirt owns: copied and freed. */
    String takeString(MemorySegment pointer) {
        try {
            return borrowString(pointer);
        } finally {
            release(pointer);
        }
    }

    /** A string that libvirt keeps. */
    static String borrowString(MemorySegment pointer) {
        return pointer.reinterpret(Long.MAX_VALUE).getString(0);
    }

    /** {@code free(3)}. */
    void release(MemorySegment pointer) {
        try {
            free.invokeExact(pointer);
        } catch (Throwable e) {
            throw Library.impossible(e);
        }
    }

    static MemorySegment string(Arena arena, @Nullable String text) {
        return text == null ? MemorySegment.NULL : arena.allocateFrom(text);
    }

    private LibvirtException lastError() {
        MemorySegment error = connect.getLastError();
        if (error.equals(MemorySegment.NULL)) {
            return new LibvirtException(LibvirtErrors.INTERNAL_ERROR, 0, "libvirt failed without saying why");
        }
        MemorySegment fields = error.reinterpret(ERROR_SIZE);
        MemorySegment message = fields.get(ValueLayout.ADDRESS, ERROR_MESSAGE);
        return new LibvirtException(
                fields.get(ValueLayout.JAVA_INT, ERROR_CODE),
                fields.get(ValueLayout.JAVA_INT, ERROR_DOMAIN),
                message.equals(MemorySegment.NULL) ? "no message" : borrowString(message));
    }
}
