package dev.meseta.agent.hypervisor.libvirt.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * A reference to a connection to a libvirt daemon. Calls may come from several threads; {@link #close} ends this reference
 * only, see {@link #share}.
 */
public final class LibvirtConnection implements AutoCloseable {

    private static final int ACTIVE_DOMAINS = 1;
    private static final int EVENT_LIFECYCLE = 0;
    private static final int EVENT_JOB_COMPLETED = 21;
    private static final long NODE_INFO_SIZE = 64;
    private static final long NODE_INFO_MEMORY = 32;
    private static final long NODE_INFO_CPUS = 40;
    private static final int UUID_SIZE = 16;

    private final Native library;
    private final MemorySegment pointer;
    private final List<Long> callbackNumbers = new ArrayList<>();
    private final List<Integer> eventRegistrations = new ArrayList<>();
    private boolean closeRegistered;
    private boolean closed;

    private LibvirtConnection(Native library, MemorySegment pointer) {
        this.library = library;
        this.pointer = pointer;
    }

    /** Connects; the event loop runs from the first connection on. */
    public static LibvirtConnection open(String uri) {
        Native library = Native.load();
        LibvirtEventLoop.start(library);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pointer = library.check(library.connect.connectOpen(arena.allocateFrom(uri)));
            return new LibvirtConnection(library, pointer);
        }
    }

    /** Another reference to the same connection, to be closed on its own; the connection ends with the last one. */
    public LibvirtConnection share() {
        library.check(library.connect.connectRef(pointer));
        return new LibvirtConnection(library, pointer);
    }

    /** False once the daemon has gone or hangs (see keep-alive). */
    public boolean isAlive() {
        return library.connect.connectIsAlive(pointer) == 1;
    }

    /** Ends the connection after that many unanswered pings. */
    public void setKeepAlive(int intervalSeconds, int count) {
        library.check(library.connect.connectSetKeepAlive(pointer, intervalSeconds, count));
    }

    /** Calls the listener on the event loop's thread when the connection breaks. It must not block. */
    public synchronized void onClose(IntConsumer listener) {
        long number = library.callbacks.addClose(listener);
        callbackNumbers.add(number);
        library.check(library.connect.connectRegisterCloseCallback(
                pointer, library.callbacks.closeStub(), MemorySegment.ofAddress(number), MemorySegment.NULL));
        closeRegistered = true;
    }

    /** Calls the listener on the event loop's thread for every domain's changes. It must not block. */
    public synchronized void onLifecycle(Consumer<LifecycleEvent> listener) {
        register(EVENT_LIFECYCLE, library.callbacks.lifecycleStub(), library.callbacks.addLifecycle(listener));
    }

    /** Calls the listener on the event loop's thread when a job of any domain has ended. It must not block. */
    public synchronized void onJobCompleted(Consumer<JobCompletedEvent> listener) {
        register(EVENT_JOB_COMPLETED, library.callbacks.jobStub(), library.callbacks.addJob(listener));
    }

    /** The daemon's libvirt as major * 1,000,000 + minor * 1,000 + release. */
    public long libvirtVersion() {
        return version(library.connect::connectGetLibVersion);
    }

    /** The emulator, numbered likewise. */
    public long emulatorVersion() {
        return version(library.connect::connectGetVersion);
    }

    /** The client library loaded into this process, numbered likewise. */
    public static long clientVersion() {
        Native library = Native.load();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment version = arena.allocate(ValueLayout.JAVA_LONG);
            library.check(library.connect.getVersion(version, MemorySegment.NULL, MemorySegment.NULL));
            return version.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    public String hostname() {
        return library.takeString(library.check(library.connect.connectGetHostname(pointer)));
    }

    /** Capabilities of the host, as XML. */
    public String capabilities() {
        return library.takeString(library.check(library.connect.connectGetCapabilities(pointer)));
    }

    /** What domains of that kind can have, as XML. */
    public String domainCapabilities(String emulator, String architecture, String machine, String type) {
        try (Arena arena = Arena.ofConfined()) {
            return library.takeString(library.check(library.connect.connectGetDomainCapabilities(
                    pointer,
                    arena.allocateFrom(emulator),
                    arena.allocateFrom(architecture),
                    arena.allocateFrom(machine),
                    arena.allocateFrom(type),
                    0)));
        }
    }

    public NodeInfo nodeInfo() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(NODE_INFO_SIZE, Long.BYTES);
            library.check(library.connect.nodeGetInfo(pointer, info));
            return new NodeInfo(
                    info.get(ValueLayout.JAVA_INT, NODE_INFO_CPUS), info.get(ValueLayout.JAVA_LONG, NODE_INFO_MEMORY));
        }
    }

    /** Every running domain; each is to be closed. */
    public List<LibvirtDomain> activeDomains() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment array = arena.allocate(ValueLayout.ADDRESS);
            int count = library.check(library.connect.connectListAllDomains(pointer, array, ACTIVE_DOMAINS));
            MemorySegment pointers = array.get(ValueLayout.ADDRESS, 0);
            MemorySegment elements = pointers.reinterpret(ValueLayout.ADDRESS.byteSize() * count);
            List<LibvirtDomain> domains = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                domains.add(new LibvirtDomain(library, elements.getAtIndex(ValueLayout.ADDRESS, i)));
            }
            library.release(pointers);
            return domains;
        }
    }

    /** @throws LibvirtException NO_DOMAIN when it is not here */
    public LibvirtDomain domain(UUID uuid) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(UUID_SIZE);
            ByteBuffer buffer = bytes.asByteBuffer();
            buffer.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
            return new LibvirtDomain(library, library.check(library.domain.domainLookupByUUID(pointer, bytes)));
        }
    }

    /** Creates and starts a transient domain. */
    public LibvirtDomain create(String xml) {
        try (Arena arena = Arena.ofConfined()) {
            return new LibvirtDomain(
                    library, library.check(library.domain.domainCreateXML(pointer, arena.allocateFrom(xml), 0)));
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            callbackNumbers.forEach(library.callbacks::remove);
            // Each registration holds the connection open. On a broken one these calls fail, and do their part all the
            // same.
            for (int registration : eventRegistrations) {
                int unused = library.connect.connectDomainEventDeregisterAny(pointer, registration);
            }
            if (closeRegistered) {
                int unused = library.connect.connectUnregisterCloseCallback(pointer, library.callbacks.closeStub());
            }
            int unused = library.connect.connectClose(pointer);
        }
    }

    private void register(int event, MemorySegment stub, long number) {
        callbackNumbers.add(number);
        eventRegistrations.add(library.check(library.connect.connectDomainEventRegisterAny(
                pointer, MemorySegment.NULL, event, stub, MemorySegment.ofAddress(number), MemorySegment.NULL)));
    }

    private long version(VersionFunction function) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment version = arena.allocate(ValueLayout.JAVA_LONG);
            library.check(function.call(pointer, version));
            return version.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    @FunctionalInterface
    private interface VersionFunction {

        int call(MemorySegment connection, MemorySegment version);
    }
}
