package dev.meseta.agent.flows.datapath;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.agent.hypervisor.Vnic;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A tap held open by this process, as QEMU does: what is written to it, a guest has sent. */
final class Tap implements AutoCloseable {

    private static final int READ_AND_WRITE_WITHOUT_WAITING = 2 | 0x800 | 0x80000;
    private static final long TUNSETIFF = 0x400454caL;
    private static final int INTERFACE_REQUEST_SIZE = 40;
    private static final long INTERFACE_FLAGS = 16;
    private static final short TAP_WITHOUT_HEADER = 0x0002 | 0x1000;
    private static final int LARGEST_FRAME = 70_000;

    private final Vnic vnic;
    private final int descriptor;

    private Tap(Vnic vnic) {
        this.vnic = vnic;
        this.descriptor = NativeCalls.open("/dev/net/tun", READ_AND_WRITE_WITHOUT_WAITING);
        assertThat(descriptor).as("/dev/net/tun").isNotNegative();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(INTERFACE_REQUEST_SIZE, Long.BYTES);
            request.setString(0, vnic.tap());
            request.set(ValueLayout.JAVA_SHORT, INTERFACE_FLAGS, TAP_WITHOUT_HEADER);
            assertThat(NativeCalls.ioctl(descriptor, TUNSETIFF, request))
                    .as("TUNSETIFF")
                    .isZero();
        }
    }

    /** A new vNIC of a new VM, plugged into a bridge. */
    static Tap open(NetworkNamespace namespace, String bridge) {
        UUID nicId = UUID.randomUUID();
        return open(namespace, bridge, new Vnic(UUID.randomUUID(), nicId, UUID.randomUUID(), Vnic.tapOf(nicId)));
    }

    static Tap open(NetworkNamespace namespace, String bridge, Vnic vnic) {
        Tap tap = new Tap(vnic);
        namespace.ip("link", "set", vnic.tap(), "master", bridge, "mtu", "65000", "up");
        return tap;
    }

    Vnic vnic() {
        return vnic;
    }

    void send(byte[] frame) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(frame.length);
            MemorySegment.copy(frame, 0, bytes, ValueLayout.JAVA_BYTE, 0, frame.length);
            assertThat(NativeCalls.write(descriptor, bytes)).isEqualTo(frame.length);
        }
    }

    /** All frames that the guest has got until now. */
    List<byte[]> received() {
        List<byte[]> frames = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(LARGEST_FRAME);
            long length = NativeCalls.read(descriptor, buffer);
            while (length >= 0) {
                frames.add(buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
                length = NativeCalls.read(descriptor, buffer);
            }
        }
        return frames;
    }

    /** The device goes with it. */
    @Override
    public void close() {
        NativeCalls.close(descriptor);
    }
}
