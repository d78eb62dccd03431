package dev.meseta.agent.network;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import java.util.Optional;
import java.util.UUID;

/** The networks of this host that guests are plugged into. */
public interface Networks {

    /** Finds what an earlier life of the agent made. */
    void adopt();

    /** Whether this host can have overlay networks; tried, not guessed. */
    boolean vxlanWorks();

    /** The bridge of a network; empty when the network was not made ready on this host. */
    Optional<Bridge> find(UUID networkId);

    /**
     * The bridge of a network.
     *
     * @throws AgentException NOT_FOUND when the network was not made ready on this host
     */
    default Bridge require(UUID networkId) {
        return find(networkId)
                .orElseThrow(() -> new AgentException(
                        AgentErrorCode.NOT_FOUND, "The network " + networkId + " is not ready on this host"));
    }

    /**
     * Makes the network as described; changes only what differs, so that traffic goes on meanwhile.
     *
     * @throws AgentException NETWORK_ERROR
     */
    void ensure(Overlay overlay);

    /** Takes the network away; no effect when it is not here. */
    void remove(UUID networkId);
}
