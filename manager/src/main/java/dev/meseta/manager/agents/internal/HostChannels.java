package dev.meseta.manager.agents.internal;

import io.grpc.ManagedChannel;
import java.util.UUID;

/** Opens channels to agents. */
interface HostChannels {

    /** A channel that reaches the agent of this host only; it connects when it is first used. */
    ManagedChannel open(UUID hostId, String agentAddress);
}
