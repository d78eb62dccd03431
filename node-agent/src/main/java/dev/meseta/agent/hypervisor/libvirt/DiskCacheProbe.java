package dev.meseta.agent.hypervisor.libvirt;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** Finds out whether a file's file system does direct I/O, by opening it so; the JDK has no public option for it. */
final class DiskCacheProbe {

    /** {@code O_RDONLY | O_DIRECT | O_CLOEXEC} on x86-64. */
    private static final int OPEN_DIRECT = 0x4000 | 0x80000;

    private static final MethodHandle OPEN = function(
            "open",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE =
            function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private DiskCacheProbe() {}

    /** WRITEBACK also when it cannot be opened at all: libvirt then says why when the domain is started. */
    static DiskCache cacheFor(Path disk) {
        try (Arena arena = Arena.ofConfined()) {
            int descriptor = (int) OPEN.invokeExact(arena.allocateFrom(disk.toString()), OPEN_DIRECT);
            if (descriptor < 0) {
                return DiskCache.WRITEBACK;
            }
            int unused = (int) CLOSE.invokeExact(descriptor);
            return DiskCache.NONE;
        } catch (Throwable e) {
            throw new AssertionError("a native call failed in Java", e);
        }
    }

    private static MethodHandle function(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
    }
}
