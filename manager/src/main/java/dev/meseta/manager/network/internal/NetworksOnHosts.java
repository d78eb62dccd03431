package dev.meseta.manager.network.internal;

import dev.meseta.manager.agents.AgentCall;
import dev.meseta.manager.agents.AgentOperations;
import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.agents.HostAgents.OverlaySpecification;
import dev.meseta.manager.agents.HostConnected;
import dev.meseta.manager.agents.HostPreparation;
import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.network.Networks;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.UuidGenerator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Every host has every network before it runs a VM, and every other host learns of the newcomer. Hosts that come
 * together are told of together: one round after the other, and in each only hosts that have not been told the same
 * before. A host that cannot be told now is told when it connects again.
 */
@Component
class NetworksOnHosts implements HostPreparation {

    private static final Logger LOG = LoggerFactory.getLogger(NetworksOnHosts.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration BETWEEN_ROUNDS = Duration.ofSeconds(1);
    private static final int TOLD_AT_ONCE = 16;

    private final Networks networks;
    private final Hosts hosts;
    private final HostAgents agents;
    private final AgentOperations operations;
    private final UuidGenerator ids;
    private final Executor threads =
            task -> Thread.ofVirtual().name("peers-of-hosts").start(task);
    private final Map<UUID, Told> told = new ConcurrentHashMap<>();
    /** Hosts that have connected and not been told of; a round is planned or under way unless it is zero. */
    private final AtomicLong newcomers = new AtomicLong();

    NetworksOnHosts(Networks networks, Hosts hosts, HostAgents agents, AgentOperations operations, UuidGenerator ids) {
        this.networks = networks;
        this.hosts = hosts;
        this.agents = agents;
        this.operations = operations;
        this.ids = ids;
    }

    @Override
    public void prepare(UUID hostId) {
        // Also when nothing has changed: a host that was restarted has forgotten everything.
        tell(hosts.require(hostId), PeersOfHosts.of(networks.all(), hosts.all()), true);
    }

    @EventListener
    void on(HostConnected event) {
        if (newcomers.getAndIncrement() == 0) {
            threads.execute(this::round);
        }
    }

    private void round() {
        long seen = newcomers.get();
        try {
            tellConnected();
        } catch (RuntimeException e) {
            LOG.error("Hosts could not be told of their peers; they will be when they connect again", e);
        }
        if (!newcomers.compareAndSet(seen, 0)) {
            CompletableFuture.delayedExecutor(BETWEEN_ROUNDS.toMillis(), TimeUnit.MILLISECONDS, threads)
                    .execute(this::round);
        }
    }

    private void tellConnected() {
        List<Host> known = hosts.all();
        PeersOfHosts peers = PeersOfHosts.of(networks.all(), known);
        try (ExecutorService tellers = Executors.newFixedThreadPool(
                TOLD_AT_ONCE, Thread.ofVirtual().name("peers-of-host-", 0).factory())) {
            for (Host host : known) {
                if (agents.isConnected(host.id())) {
                    tellers.execute(() -> tellInRound(host, peers));
                }
            }
        }
    }

    private void tellInRound(Host host, PeersOfHosts peers) {
        try {
            tell(host, peers, false);
        } catch (MesetaException e) {
            LOG.warn(
                    "Host {} could not be told of its peers; it will be when it connects again: {}",
                    host.name(),
                    e.getMessage());
        }
    }

    private void tell(Host host, PeersOfHosts peers, boolean again) {
        Told before = told.computeIfAbsent(host.id(), id -> new Told());
        before.lock.lock();
        try {
            if (again || !peers.equals(before.peers)) {
                before.peers = null;
                peers.networks().forEach(network -> ensure(host.id(), peers.overlay(network, host)));
                before.peers = peers;
            }
        } finally {
            before.lock.unlock();
        }
    }

    private void ensure(UUID hostId, OverlaySpecification overlay) {
        String operationId = "network:%s:%s".formatted(overlay.networkId(), ids.next());
        AgentCall call = new AgentCall(operationId, operationId, "system", Optional.empty());
        operations.awaitSuccess(hostId, agents.ensureNetwork(hostId, call, overlay), PATIENCE);
    }

    /** What a host knows; the lock is held while it is told, so that an older word never comes after a newer one. */
    private static final class Told {
        private final ReentrantLock lock = new ReentrantLock();
        private @Nullable PeersOfHosts peers;
    }
}
