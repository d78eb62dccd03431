package dev.meseta.manager.agents;

import java.time.Duration;
import java.util.UUID;

/**
 * Waits for the end of an operation, for work that is no task: preparing a host. A task must not wait here but answer
 * {@code Wait}.
 */
public interface AgentOperations {

    /**
     * The operation as it ended.
     *
     * @throws dev.meseta.manager.shared.MesetaException the operation's own code when it failed, DEADLINE_EXCEEDED when it
     *     has not ended in time, HOST_UNREACHABLE
     */
    AgentOperation awaitSuccess(UUID hostId, AgentOperation begun, Duration atMost);
}
