package dev.meseta.manager.agents;

import java.util.Optional;
import java.util.UUID;

/**
 * Keeps what hosts see of their VMs' traffic. A bean of another module; without one nobody asks hosts for it. Called on
 * threads that may block, for each host one call after the other; hosts are read no faster than it takes batches in.
 */
public interface HostFlows {

    /** Where reading a host goes on. */
    Position position(UUID hostId);

    /**
     * Stores a batch and the position behind it, both or neither.
     *
     * @param after where the batch begins, as this manager last heard
     * @return where to go on; empty when another manager has taken something in meanwhile and nothing was stored
     */
    Optional<Position> take(UUID hostId, Position after, FlowBatch batch);

    /** The host's agent knows nothing of flows. */
    void unsupported(UUID hostId);

    /**
     * A place in what a host reports.
     *
     * @param resumeToken of the last batch that was stored; empty: none was
     * @param number how many were stored; two managers that go on from the same one cannot both store what follows
     */
    record Position(String resumeToken, long number) {}
}
