package dev.meseta.agent.flows;

/** Who sent the first packet that was seen. */
public enum Initiator {
    LOCAL,
    REMOTE
}
