package dev.meseta.agent.flows;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What tells the flows of a host apart, from the guest's side. Addresses are 16 bytes, IPv4's in the first four.
 *
 * @param vnic index of the tap on this host
 * @param retired not 0: the flow has ended and the next one of the same two ends has its place
 * @param etherType behind VLAN tags
 * @param vlanId of the outer tag, or 0
 * @param protocol IP protocol number, or 0
 * @param localPort for ICMP the type, for remotePort the code
 * @param echoId identifier of a ping, or 0
 * @param kind of the datapath's own: fragments and pings are flows of their own
 */
public record FlowKey(
        int vnic,
        int retired,
        long localHigh,
        long localLow,
        long remoteHigh,
        long remoteLow,
        int etherType,
        int vlanId,
        int localPort,
        int remotePort,
        int echoId,
        int protocol,
        int kind) {

    public static final int IPV4 = 0x0800;
    public static final int ARP = 0x0806;
    public static final int IPV6 = 0x86dd;

    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;

    /** Four or sixteen bytes in network order, or none. */
    public byte[] localAddress() {
        return address(localHigh, localLow);
    }

    /** As of {@link #localAddress}. */
    public byte[] remoteAddress() {
        return address(remoteHigh, remoteLow);
    }

    /** Whether ports are a type and a code. */
    boolean isIcmp() {
        return (etherType == IPV4 && protocol == ICMP) || (etherType == IPV6 && protocol == ICMPV6);
    }

    private byte[] address(long high, long low) {
        byte[] whole =
                ByteBuffer.allocate(IPV6_BYTES).putLong(high).putLong(low).array();
        return switch (etherType) {
            case IPV6 -> whole;
            case IPV4 -> Arrays.copyOf(whole, IPV4_BYTES);
            // Of another network protocol than IPv4 ARP has no addresses that are known here.
            case ARP -> (localHigh | remoteHigh) == 0 ? new byte[0] : Arrays.copyOf(whole, IPV4_BYTES);
            default -> new byte[0];
        };
    }
}
