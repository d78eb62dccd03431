package dev.meseta.agent.flows;

/**
 * What is counted of a flow: since its begin, or since it was last told of.
 *
 * @param bytesOut of whole frames, what the guest sent
 * @param handshakeUs from SYN to SYN+ACK in microseconds; 0: not seen
 */
public record FlowCounters(
        long bytesOut,
        long packetsOut,
        long bytesIn,
        long packetsIn,
        int retransmissionsOut,
        int retransmissionsIn,
        int fragments,
        int handshakeUs) {

    public static final FlowCounters NONE = new FlowCounters(0, 0, 0, 0, 0, 0, 0, 0);

    /** In both directions. */
    public long packets() {
        return packetsOut + packetsIn;
    }

    /** What came since; a handshake comes once. */
    FlowCounters since(FlowCounters before) {
        return new FlowCounters(
                bytesOut - before.bytesOut,
                packetsOut - before.packetsOut,
                bytesIn - before.bytesIn,
                packetsIn - before.packetsIn,
                retransmissionsOut - before.retransmissionsOut,
                retransmissionsIn - before.retransmissionsIn,
                fragments - before.fragments,
                before.handshakeUs == 0 ? handshakeUs : 0);
    }
}
