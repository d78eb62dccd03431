package dev.meseta.manager.agents.internal;

import java.util.Optional;
import java.util.UUID;

/** Which manager may command a host. The epoch counts up whenever ownership is taken and goes with every command. */
interface HostOwnership {

    /** Makes this manager the owner, in one transaction, with an epoch higher than any before. */
    long take(UUID hostId, UUID managerId);

    Optional<Owner> owner(UUID hostId);

    record Owner(UUID managerId, long epoch) {}
}
