package dev.meseta.agent.hypervisor.libvirt.binding;

import java.util.concurrent.locks.LockSupport;

/** libvirt's default event implementation on a thread of its own; one in the process, started on first use. */
final class LibvirtEventLoop {

    private static final System.Logger LOG = System.getLogger(LibvirtEventLoop.class.getName());
    private static final long PAUSE_AFTER_FAILURE_NANOSECONDS = 100_000_000;

    private static boolean started;

    private LibvirtEventLoop() {}

    /** Must come before the first connection is opened, or that connection has no events. */
    static synchronized void start(Native library) {
        if (started) {
            return;
        }
        library.check(library.connect.eventRegisterDefaultImpl());
        Thread unused = Thread.ofPlatform().name("libvirt-events").daemon().start(() -> run(library));
        started = true;
    }

    @SuppressWarnings("InfiniteLoopStatement") // lives as long as the process
    private static void run(Native library) {
        while (true) {
            if (library.connect.eventRunDefaultImpl() < 0) {
                LOG.log(System.Logger.Level.ERROR, "libvirt's event loop failed once; going on");
                // So that a lasting failure does not take a whole processor.
                LockSupport.parkNanos(PAUSE_AFTER_FAILURE_NANOSECONDS);
            }
        }
    }
}
