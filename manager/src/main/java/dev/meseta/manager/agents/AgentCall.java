package dev.meseta.manager.agents;

import java.time.Instant;
import java.util.Optional;

/**
 * What comes with every mutation beside its own data; the fencing epoch is added by {@code agents}.
 *
 * @param operationId the same id again means "tell me how it went"
 */
public record AgentCall(String operationId, String correlationId, String requestedBy, Optional<Instant> deadline) {}
