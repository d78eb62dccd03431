package dev.meseta.agent.flows.datapath;

import dev.meseta.agent.flows.FlowCounters;
import dev.meseta.agent.flows.FlowKey;
import dev.meseta.agent.flows.FlowState;
import dev.meseta.agent.flows.FlowTold;
import dev.meseta.agent.flows.Initiator;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.UUID;

/** How keys and values lie in the maps: the structs of {@code flows.bpf.c}. */
final class FlowLayout {

    /** As {@code LAYOUT} in {@code flows.bpf.c}. */
    static final int VERSION = 1;

    static final int KEY_SIZE = 52;
    static final int FLOW_SIZE = 112;
    static final int REPORTED_SIZE = 56;
    static final int VNIC_SIZE = 48;
    static final int PROGRESS_SIZE = 32;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfLong NETWORK_LONG = LONG.withOrder(ByteOrder.BIG_ENDIAN);

    private static final long KEY_VNIC = 0;
    private static final long KEY_RETIRED = 4;
    private static final long KEY_LOCAL = 8;
    private static final long KEY_REMOTE = 24;
    private static final long KEY_ETHER_TYPE = 40;
    private static final long KEY_VLAN = 42;
    private static final long KEY_LOCAL_PORT = 44;
    private static final long KEY_REMOTE_PORT = 46;
    private static final long KEY_ECHO = 48;
    private static final long KEY_PROTOCOL = 50;
    private static final long KEY_KIND = 51;

    private static final long FLOW_ID = 0;
    private static final long FLOW_FIRST_SEEN = 8;
    private static final long FLOW_LAST_SEEN = 16;
    private static final long FLOW_BYTES_OUT = 24;
    private static final long FLOW_PACKETS_OUT = 32;
    private static final long FLOW_BYTES_IN = 40;
    private static final long FLOW_PACKETS_IN = 48;
    private static final long FLOW_HANDSHAKE = 64;
    private static final long FLOW_RETRANSMISSIONS_OUT = 68;
    private static final long FLOW_RETRANSMISSIONS_IN = 72;
    private static final long FLOW_FRAGMENTS = 76;
    private static final long FLOW_TCP = 88;
    private static final long FLOW_LOCAL_MAC = 92;
    private static final long FLOW_REMOTE_MAC = 98;
    private static final long FLOW_INITIATOR = 104;
    private static final long FLOW_ICMP_TYPE = 105;
    private static final long FLOW_ICMP_CODE = 106;

    private static final int INITIATOR_LOCAL = 1;
    private static final int MAC_BYTES = 6;
    private static final int FLAGS = 0xff;
    private static final int FLAGS_IN = 8;
    private static final int FIN = 0x01;
    private static final int RST = 0x04;

    private FlowLayout() {}

    static FlowKey key(MemorySegment key) {
        return new FlowKey(
                key.get(INT, KEY_VNIC),
                key.get(INT, KEY_RETIRED),
                key.get(NETWORK_LONG, KEY_LOCAL),
                key.get(NETWORK_LONG, KEY_LOCAL + Long.BYTES),
                key.get(NETWORK_LONG, KEY_REMOTE),
                key.get(NETWORK_LONG, KEY_REMOTE + Long.BYTES),
                Short.toUnsignedInt(key.get(SHORT, KEY_ETHER_TYPE)),
                Short.toUnsignedInt(key.get(SHORT, KEY_VLAN)),
                Short.toUnsignedInt(key.get(SHORT, KEY_LOCAL_PORT)),
                Short.toUnsignedInt(key.get(SHORT, KEY_REMOTE_PORT)),
                Short.toUnsignedInt(key.get(SHORT, KEY_ECHO)),
                Byte.toUnsignedInt(key.get(BYTE, KEY_PROTOCOL)),
                Byte.toUnsignedInt(key.get(BYTE, KEY_KIND)));
    }

    static void write(FlowKey key, MemorySegment to) {
        to.set(INT, KEY_VNIC, key.vnic());
        to.set(INT, KEY_RETIRED, key.retired());
        to.set(NETWORK_LONG, KEY_LOCAL, key.localHigh());
        to.set(NETWORK_LONG, KEY_LOCAL + Long.BYTES, key.localLow());
        to.set(NETWORK_LONG, KEY_REMOTE, key.remoteHigh());
        to.set(NETWORK_LONG, KEY_REMOTE + Long.BYTES, key.remoteLow());
        to.set(SHORT, KEY_ETHER_TYPE, (short) key.etherType());
        to.set(SHORT, KEY_VLAN, (short) key.vlanId());
        to.set(SHORT, KEY_LOCAL_PORT, (short) key.localPort());
        to.set(SHORT, KEY_REMOTE_PORT, (short) key.remotePort());
        to.set(SHORT, KEY_ECHO, (short) key.echoId());
        to.set(BYTE, KEY_PROTOCOL, (byte) key.protocol());
        to.set(BYTE, KEY_KIND, (byte) key.kind());
    }

    static int vnic(MemorySegment key) {
        return key.get(INT, KEY_VNIC);
    }

    static boolean isRetired(MemorySegment key) {
        return key.get(INT, KEY_RETIRED) != 0;
    }

    static long flowId(MemorySegment flow) {
        return flow.get(LONG, FLOW_ID);
    }

    static long lastSeen(MemorySegment flow) {
        return flow.get(LONG, FLOW_LAST_SEEN);
    }

    static long packets(MemorySegment flow) {
        return flow.get(LONG, FLOW_PACKETS_OUT) + flow.get(LONG, FLOW_PACKETS_IN);
    }

    static boolean hasEnded(MemorySegment flow) {
        int tcp = flow.get(INT, FLOW_TCP);
        int out = tcp & FLAGS;
        int in = (tcp >> FLAGS_IN) & FLAGS;
        return (out & in & FIN) != 0 || ((out | in) & RST) != 0;
    }

    static FlowState state(MemorySegment key, MemorySegment flow) {
        int tcp = flow.get(INT, FLOW_TCP);
        return new FlowState(
                key(key),
                flowId(flow),
                flow.get(LONG, FLOW_FIRST_SEEN),
                lastSeen(flow),
                new FlowCounters(
                        flow.get(LONG, FLOW_BYTES_OUT),
                        flow.get(LONG, FLOW_PACKETS_OUT),
                        flow.get(LONG, FLOW_BYTES_IN),
                        flow.get(LONG, FLOW_PACKETS_IN),
                        flow.get(INT, FLOW_RETRANSMISSIONS_OUT),
                        flow.get(INT, FLOW_RETRANSMISSIONS_IN),
                        flow.get(INT, FLOW_FRAGMENTS),
                        flow.get(INT, FLOW_HANDSHAKE)),
                tcp & FLAGS,
                (tcp >> FLAGS_IN) & FLAGS,
                mac(flow, FLOW_LOCAL_MAC),
                mac(flow, FLOW_REMOTE_MAC),
                flow.get(BYTE, FLOW_INITIATOR) == INITIATOR_LOCAL ? Initiator.LOCAL : Initiator.REMOTE,
                Byte.toUnsignedInt(flow.get(BYTE, FLOW_ICMP_TYPE)),
                Byte.toUnsignedInt(flow.get(BYTE, FLOW_ICMP_CODE)));
    }

    private static long mac(MemorySegment flow, long at) {
        long mac = 0;
        for (int index = 0; index < MAC_BYTES; index++) {
            mac = (mac << Byte.SIZE) | Byte.toUnsignedLong(flow.get(BYTE, at + index));
        }
        return mac;
    }

    static FlowTold reported(MemorySegment value) {
        int tcp = value.get(INT, 48);
        FlowCounters counters = new FlowCounters(
                value.get(LONG, 0),
                value.get(LONG, 8),
                value.get(LONG, 16),
                value.get(LONG, 24),
                value.get(INT, 32),
                value.get(INT, 36),
                value.get(INT, 40),
                value.get(INT, 44));
        return new FlowTold(counters, tcp & FLAGS, (tcp >> FLAGS_IN) & FLAGS);
    }

    static void write(FlowTold told, MemorySegment to, long at) {
        FlowCounters counters = told.counters();
        to.set(LONG, at, counters.bytesOut());
        to.set(LONG, at + 8, counters.packetsOut());
        to.set(LONG, at + 16, counters.bytesIn());
        to.set(LONG, at + 24, counters.packetsIn());
        to.set(INT, at + 32, counters.retransmissionsOut());
        to.set(INT, at + 36, counters.retransmissionsIn());
        to.set(INT, at + 40, counters.fragments());
        to.set(INT, at + 44, counters.handshakeUs());
        to.set(INT, at + 48, told.tcpFlagsOut() | told.tcpFlagsIn() << FLAGS_IN);
    }

    static UUID uuid(MemorySegment bytes, long at) {
        return new UUID(bytes.get(NETWORK_LONG, at), bytes.get(NETWORK_LONG, at + Long.BYTES));
    }

    static void write(UUID uuid, MemorySegment to, long at) {
        to.set(NETWORK_LONG, at, uuid.getMostSignificantBits());
        to.set(NETWORK_LONG, at + Long.BYTES, uuid.getLeastSignificantBits());
    }
}
