package dev.meseta.manager.agents;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one vNIC saw of one conversation since it reported on it last. "Local" is the guest that the vNIC belongs to, "out"
 * what that guest sent.
 *
 * @param etherType of the payload behind any VLAN tag, e.g. 0x0800
 * @param vlanId of the outer tag; 0: untagged
 * @param protocol IP protocol number; 0 when it is not IP
 * @param localAddress null: there is none, as in most that is not IP
 * @param localMac as a number of 48 bits; {@link #NO_MAC}: not said
 * @param localPort of ICMP its type
 * @param remotePort of ICMP its code
 * @param retransmissions segments with data sent once more, both ways
 * @param handshakeMicroseconds from SYN to SYN+ACK as seen at this vNIC; 0: not seen in this span
 */
public record FlowRecord(
        UUID vmId,
        UUID nicId,
        UUID networkId,
        int etherType,
        int vlanId,
        int protocol,
        @Nullable FlowAddress localAddress,
        @Nullable FlowAddress remoteAddress,
        long localMac,
        long remoteMac,
        int localPort,
        int remotePort,
        Initiator initiator,
        long bytesOut,
        long packetsOut,
        long bytesIn,
        long packetsIn,
        int tcpFlagsOut,
        int tcpFlagsIn,
        long retransmissions,
        int handshakeMicroseconds,
        Instant firstSeen,
        Instant lastSeen) {

    public static final long NO_MAC = -1;

    /** Who sent the first packet that was seen. */
    public enum Initiator {
        UNKNOWN,
        LOCAL,
        REMOTE
    }
}
