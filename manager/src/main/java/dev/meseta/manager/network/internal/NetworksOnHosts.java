package dev.meseta.manager.network.internal;

import dev.meseta.manager.agents.AgentCall;
import dev.meseta.manager.agents.AgentOperations;
import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.agents.HostConnected;
import dev.meseta.manager.agents.HostPreparation;
import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.network.Networks;
import dev.meseta.manager.network.Networks.Network;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.UuidGenerator;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Every host has every network before it runs a VM, and every other host learns of the newcomer. A host that cannot be
 * told now is told when it connects again.
 */
@Component
class NetworksOnHosts implements HostPreparation {

    private static final Logger LOG = LoggerFactory.getLogger(NetworksOnHosts.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Networks networks;
    private final Hosts hosts;
    private final HostAgents agents;
    private final AgentOperations operations;
    private final UuidGenerator ids;

    NetworksOnHosts(Networks networks, Hosts hosts, HostAgents agents, AgentOperations operations, UuidGenerator ids) {
        this.networks = networks;
        this.hosts = hosts;
        this.agents = agents;
        this.operations = operations;
        this.ids = ids;
    }

    @Override
    public void prepare(UUID hostId) {
        for (Network network : networks.all()) {
            String operationId = "network:%s:%s".formatted(network.id(), ids.next());
            AgentCall call = new AgentCall(operationId, operationId, "system", Optional.empty());
            operations.awaitSuccess(
                    hostId, agents.ensureNetwork(hostId, call, networks.overlayFor(network.id(), hostId)), PATIENCE);
        }
    }

    @EventListener
    void on(HostConnected event) {
        for (Host other : hosts.all()) {
            if (!other.id().equals(event.hostId()) && agents.isConnected(other.id())) {
                Thread.ofVirtual().name("peers-of-" + other.name()).start(() -> tell(other));
            }
        }
    }

    private void tell(Host other) {
        try {
            prepare(other.id());
        } catch (MesetaException e) {
            LOG.warn(
                    "Host {} could not be told of its peers; it will be when it connects again: {}",
                    other.name(),
                    e.getMessage());
        }
    }
}
