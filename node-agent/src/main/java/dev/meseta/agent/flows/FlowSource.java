package dev.meseta.agent.flows;

/** What counts the traffic. */
public enum FlowSource {
    /** Every packet, at the taps. */
    DATAPATH,
    /** Nothing does on this host. */
    NONE
}
