package dev.meseta.agent;

import java.util.logging.LogManager;

/** Keeps the log open while the process stops: Java's own would close it before the agent has said how it stopped. */
public final class AgentLogManager extends LogManager {

    @Override
    public void reset() {
        // Every line is flushed when it is written, so there is nothing to close.
    }
}
