package dev.meseta.agent.flows;

/**
 * What was told of a flow already.
 *
 * @param tcpFlagsOut flags of RFC 9293, or-ed
 */
public record FlowTold(FlowCounters counters, int tcpFlagsOut, int tcpFlagsIn) {

    public static final FlowTold NOTHING = new FlowTold(FlowCounters.NONE, 0, 0);

    /** All there is. */
    static FlowTold of(FlowState state) {
        return new FlowTold(state.counters(), state.tcpFlagsOut(), state.tcpFlagsIn());
    }
}
