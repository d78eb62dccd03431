package dev.meseta.manager.inventory;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Hosts of the inventory. Methods join the caller's transaction or open one. */
public interface Hosts {

    Optional<Host> find(UUID hostId);

    /** As {@link #find}, or NOT_FOUND. */
    Host require(UUID hostId);

    List<Host> all();

    List<Host> inCluster(UUID clusterId);

    /**
     * Adds a host that has just enrolled, in state CONNECTING.
     *
     * @throws dev.meseta.manager.shared.MesetaException NAME_TAKEN
     */
    Host register(UUID hostId, UUID clusterId, String name, String agentAddress, String migrationAddress);

    /** What an administrator wants of it; null version: unconditionally. */
    Host setMaintenance(UUID hostId, boolean maintenance, @org.jspecify.annotations.Nullable Long expectedVersion);
}
