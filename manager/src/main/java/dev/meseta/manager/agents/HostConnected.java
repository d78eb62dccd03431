package dev.meseta.manager.agents;

import java.util.UUID;

/** Application event: the watch of a host delivered its snapshot; the host can be commanded. */
public record HostConnected(UUID hostId) {}
