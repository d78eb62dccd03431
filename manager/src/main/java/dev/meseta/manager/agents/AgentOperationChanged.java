package dev.meseta.manager.agents;

import java.util.UUID;

/** Application event: an agent reported an operation on its watch. */
public record AgentOperationChanged(UUID hostId, AgentOperation operation) {}
