package dev.meseta.agent.hypervisor.libvirt.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * What libvirt calls back. One native stub per kind of callback lives as long as the process; the opaque pointer carries a
 * number that leads to the listener, so a callback that comes late finds nobody instead of freed memory.
 */
final class Callbacks {

    private static final System.Logger LOG = System.getLogger(Callbacks.class.getName());

    private final Native library;
    private final AtomicLong numbers = new AtomicLong(1);
    private final Map<Long, Consumer<LifecycleEvent>> lifecycle = new ConcurrentHashMap<>();
    private final Map<Long, Consumer<JobCompletedEvent>> jobs = new ConcurrentHashMap<>();
    private final Map<Long, IntConsumer> closes = new ConcurrentHashMap<>();
    private final MemorySegment lifecycleStub;
    private final MemorySegment jobStub;
    private final MemorySegment closeStub;
    private final MemorySegment errorStub;

    Callbacks(Native library) {
        this.library = library;
        lifecycleStub = stub(
                "onLifecycle",
                FunctionDescriptor.of(
                        Library.INT, Library.POINTER, Library.POINTER, Library.INT, Library.INT, Library.POINTER));
        jobStub = stub(
                "onJobCompleted",
                FunctionDescriptor.ofVoid(
                        Library.POINTER, Library.POINTER, Library.POINTER, Library.INT, Library.POINTER));
        closeStub = stub("onClose", FunctionDescriptor.ofVoid(Library.POINTER, Library.INT, Library.POINTER));
        errorStub = stub("onError", FunctionDescriptor.ofVoid(Library.POINTER, Library.POINTER));
    }

    MemorySegment lifecycleStub() {
        return lifecycleStub;
    }

    MemorySegment jobStub() {
        return jobStub;
    }

    MemorySegment closeStub() {
        return closeStub;
    }

    MemorySegment ignoreError() {
        return errorStub;
    }

    long addLifecycle(Consumer<LifecycleEvent> listener) {
        return add(lifecycle, listener);
    }

    long addJob(Consumer<JobCompletedEvent> listener) {
        return add(jobs, listener);
    }

    long addClose(IntConsumer listener) {
        return add(closes, listener);
    }

    void remove(long number) {
        lifecycle.remove(number);
        jobs.remove(number);
        closes.remove(number);
    }

    private <T> long add(Map<Long, T> listeners, T listener) {
        long number = numbers.getAndIncrement();
        listeners.put(number, listener);
        return number;
    }

    @SuppressWarnings({"unused", "EffectivelyPrivate"}) // called by libvirt
    int onLifecycle(MemorySegment connection, MemorySegment domain, int type, int detail, MemorySegment number) {
        guarded(() -> {
            Consumer<LifecycleEvent> listener = lifecycle.get(number.address());
            if (listener != null) {
                String name = Native.borrowString(library.check(library.domain.domainGetName(domain)));
                listener.accept(new LifecycleEvent(uuidOf(domain), name, type, detail));
            }
        });
        return 0;
    }

    @SuppressWarnings("unused") // called by libvirt
    void onJobCompleted(
            MemorySegment connection, MemorySegment domain, MemorySegment parameters, int count, MemorySegment number) {
        guarded(() -> {
            Consumer<JobCompletedEvent> listener = jobs.get(number.address());
            if (listener != null) {
                listener.accept(new JobCompletedEvent(uuidOf(domain), TypedParameters.read(parameters, count)));
            }
        });
    }

    @SuppressWarnings("unused") // called by libvirt
    void onClose(MemorySegment connection, int reason, MemorySegment number) {
        guarded(() -> {
            IntConsumer listener = closes.get(number.address());
            if (listener != null) {
                listener.accept(reason);
            }
        });
    }

    @SuppressWarnings("unused") // called by libvirt
    void onError(MemorySegment data, MemorySegment error) {
        // Read by the caller through virGetLastError.
    }

    /** Nothing may be thrown into C: it would end the process. */
    private static void guarded(Runnable callback) {
        try {
            callback.run();
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.ERROR, "A libvirt callback failed", e);
        }
    }

    private UUID uuidOf(MemorySegment domain) {
        return LibvirtDomain.uuid(library, domain);
    }

    private MemorySegment stub(String method, FunctionDescriptor descriptor) {
        MethodType type = descriptor.toMethodType();
        try {
            MethodHandle target = MethodHandles.lookup().bind(this, method, type);
            return Linker.nativeLinker().upcallStub(target, descriptor, Arena.global());
        } catch (NoSuchMethodException | IllegalAccessException e) {
            throw Library.impossible(e);
        }
    }
}
