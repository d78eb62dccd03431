package dev.meseta.manager.agents;

/** What counts the traffic of a host's VMs. */
public enum FlowSource {
    /** Nobody has said yet. */
    UNKNOWN,
    /** Programs at the taps of the guests: every packet. */
    DATAPATH,
    /** The host cannot run them; its conditions say why. */
    NONE,
    /** Its agent is too old to know of flows. */
    UNSUPPORTED
}
