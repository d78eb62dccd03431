package dev.meseta.manager.agents;

import java.util.UUID;

/** Application event: the watch of a host delivered its snapshot and the host is prepared; it can run VMs. */
public record HostConnected(UUID hostId) {}
