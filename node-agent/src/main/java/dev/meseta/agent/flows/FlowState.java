package dev.meseta.agent.flows;

/**
 * A flow as the datapath has it now.
 *
 * @param flowId new for every conversation
 * @param firstSeen nanoseconds of the datapath's clock
 * @param counters since its begin
 * @param tcpFlagsOut flags of RFC 9293, or-ed
 * @param localMac six bytes in the lower end, of the newest packet
 * @param icmpType of the first packet
 */
public record FlowState(
        FlowKey key,
        long flowId,
        long firstSeen,
        long lastSeen,
        FlowCounters counters,
        int tcpFlagsOut,
        int tcpFlagsIn,
        long localMac,
        long remoteMac,
        Initiator initiator,
        int icmpType,
        int icmpCode) {}
