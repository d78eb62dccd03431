package dev.meseta.agent.hypervisor.libvirt.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.UUID;

/** A reference to a domain; holds its connection open until closed. */
public final class LibvirtDomain implements AutoCloseable {

    private static final int UUID_SIZE = 16;
    private static final long INFO_SIZE = 40;
    private static final long INFO_MAXIMUM_MEMORY = 8;
    private static final long INFO_VCPUS = 24;
    private static final int METADATA_ELEMENT = 2;
    private static final int POWER_BUTTON = 1;

    private final Native library;
    private final MemorySegment pointer;
    private boolean closed;

    LibvirtDomain(Native library, MemorySegment pointer) {
        this.library = library;
        this.pointer = pointer;
    }

    static UUID uuid(Native library, MemorySegment pointer) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(UUID_SIZE);
            library.check(library.domain.domainGetUUID(pointer, bytes));
            var buffer = bytes.asByteBuffer();
            return new UUID(buffer.getLong(), buffer.getLong());
        }
    }

    public UUID uuid() {
        return uuid(library, pointer);
    }

    public String name() {
        return Native.borrowString(library.check(library.domain.domainGetName(pointer)));
    }

    public StateAndReason state() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment reason = arena.allocate(ValueLayout.JAVA_INT);
            library.check(library.domain.domainGetState(pointer, state, reason, 0));
            return new StateAndReason(state.get(ValueLayout.JAVA_INT, 0), reason.get(ValueLayout.JAVA_INT, 0));
        }
    }

    public DomainInfo info() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(INFO_SIZE, Long.BYTES);
            library.check(library.domain.domainGetInfo(pointer, info));
            return new DomainInfo(
                    Short.toUnsignedInt(info.get(ValueLayout.JAVA_SHORT, INFO_VCPUS)),
                    info.get(ValueLayout.JAVA_LONG, INFO_MAXIMUM_MEMORY));
        }
    }

    /** The running definition. */
    public String xml() {
        return library.takeString(library.check(library.domain.domainGetXMLDesc(pointer, 0)));
    }

    /** The metadata element of that namespace, as XML, or empty when there is none. */
    public Optional<String> metadata(String namespace) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment uri = arena.allocateFrom(namespace);
            return Optional.of(library.takeString(
                    library.check(library.domain.domainGetMetadata(pointer, METADATA_ELEMENT, uri, 0))));
        } catch (LibvirtException e) {
            if (e.code() == LibvirtErrors.NO_DOMAIN_METADATA) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Presses the power button. */
    public void shutdown() {
        library.check(library.domain.domainShutdownFlags(pointer, POWER_BUTTON));
    }

    public void destroy() {
        library.check(library.domain.domainDestroyFlags(pointer, 0));
    }

    /** Asks the guest by whatever means libvirt finds. */
    public void reboot() {
        library.check(library.domain.domainReboot(pointer, 0));
    }

    public void reset() {
        library.check(library.domain.domainReset(pointer, 0));
    }

    public void suspend() {
        library.check(library.domain.domainSuspend(pointer));
    }

    public void resume() {
        library.check(library.domain.domainResume(pointer));
    }

    /** Blocks until the migration has ended. */
    public void migrate(MigrationParameters parameters) {
        try (Arena arena = Arena.ofConfined();
                NativeParameters list = new NativeParameters(library)) {
            list.add("migrate_uri", parameters.migrationUri());
            list.add("destination_xml", parameters.targetXml());
            parameters.bandwidthMebibytesPerSecond().ifPresent(limit -> list.add("bandwidth", limit));
            MemorySegment uri = arena.allocateFrom(parameters.controlUri());
            library.check(
                    library.domain.domainMigrateToURI3(pointer, uri, list.pointer(), list.count(), parameters.flags()));
        }
    }

    public void setMaxDowntime(long milliseconds) {
        library.check(library.domain.domainMigrateSetMaxDowntime(pointer, milliseconds, 0));
    }

    public void setMaxSpeed(long mebibytesPerSecond) {
        library.check(library.domain.domainMigrateSetMaxSpeed(pointer, mebibytesPerSecond, 0));
    }

    public void startPostCopy() {
        library.check(library.domain.domainMigrateStartPostCopy(pointer, 0));
    }

    public void abortJob() {
        library.check(library.domain.domainAbortJob(pointer));
    }

    /** The job under way. */
    public JobStatistics jobStatistics() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment type = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment parameters = arena.allocate(ValueLayout.ADDRESS);
            MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
            library.check(library.domain.domainGetJobStats(pointer, type, parameters, count, 0));
            MemorySegment array = parameters.get(ValueLayout.ADDRESS, 0);
            int size = count.get(ValueLayout.JAVA_INT, 0);
            try {
                return new JobStatistics(type.get(ValueLayout.JAVA_INT, 0), TypedParameters.read(array, size));
            } finally {
                library.domain.typedParamsFree(array, size);
            }
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            int unused = library.domain.domainFree(pointer);
        }
    }
}
