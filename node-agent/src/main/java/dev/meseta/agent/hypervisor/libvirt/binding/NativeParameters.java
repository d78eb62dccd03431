package dev.meseta.agent.hypervisor.libvirt.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A {@code virTypedParameter} array in native memory, made by libvirt's own functions. */
final class NativeParameters implements AutoCloseable {

    private final Native library;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment pointer = arena.allocate(ValueLayout.ADDRESS);
    private final MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
    private final MemorySegment capacity = arena.allocate(ValueLayout.JAVA_INT);

    NativeParameters(Native library) {
        this.library = library;
    }

    void add(String name, String value) {
        library.check(library.domain.typedParamsAddString(
                pointer, count, capacity, arena.allocateFrom(name), arena.allocateFrom(value)));
    }

    void add(String name, long value) {
        library.check(library.domain.typedParamsAddULLong(pointer, count, capacity, arena.allocateFrom(name), value));
    }

    MemorySegment pointer() {
        return pointer.get(ValueLayout.ADDRESS, 0);
    }

    int count() {
        return count.get(ValueLayout.JAVA_INT, 0);
    }

    @Override
    public void close() {
        library.domain.typedParamsFree(pointer(), count());
        arena.close();
    }
}
