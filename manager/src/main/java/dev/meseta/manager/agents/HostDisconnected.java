package dev.meseta.manager.agents;

import java.util.UUID;

/** Application event: the watch of a host broke. */
public record HostDisconnected(UUID hostId, String reason) {}
