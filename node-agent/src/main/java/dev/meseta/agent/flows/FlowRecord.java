package dev.meseta.agent.flows;

import dev.meseta.agent.hypervisor.Vnic;

/**
 * What one vNIC saw of one conversation since the record before of the same flow.
 *
 * @param localPort for ICMP the type of the first packet, for remotePort its code
 * @param counters since the record before
 * @param tcpFlagsOut those that were not told of before
 * @param localMac six bytes in the lower end, of the newest packet
 * @param firstSeenNanos when the flow began, in nanoseconds since 1970
 * @param lastSeenNanos when its newest packet came
 * @param ended no more records of this flow
 */
public record FlowRecord(
        long flowId,
        Vnic vnic,
        FlowKey key,
        int localPort,
        int remotePort,
        FlowCounters counters,
        int tcpFlagsOut,
        int tcpFlagsIn,
        long localMac,
        long remoteMac,
        Initiator initiator,
        long firstSeenNanos,
        long lastSeenNanos,
        boolean ended) {

    /** @param bootNanos when the datapath's clock was zero, in nanoseconds since 1970 */
    static FlowRecord of(FlowState state, Vnic vnic, FlowTold before, long bootNanos, boolean ended) {
        boolean icmp = state.key().isIcmp();
        return new FlowRecord(
                state.flowId(),
                vnic,
                state.key(),
                icmp ? state.icmpType() : state.key().localPort(),
                icmp ? state.icmpCode() : state.key().remotePort(),
                state.counters().since(before.counters()),
                state.tcpFlagsOut() & ~before.tcpFlagsOut(),
                state.tcpFlagsIn() & ~before.tcpFlagsIn(),
                state.localMac(),
                state.remoteMac(),
                state.initiator(),
                bootNanos + state.firstSeen(),
                bootNanos + state.lastSeen(),
                ended);
    }
}
