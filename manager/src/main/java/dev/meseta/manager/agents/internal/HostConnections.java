package dev.meseta.manager.agents.internal;

import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import io.grpc.ManagedChannel;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** A connection to every host there is. */
final class HostConnections implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(HostConnections.class);
    private static final int STOP_SECONDS = 5;

    private final ConnectionContext context;
    private final Map<UUID, HostConnection> connections = new ConcurrentHashMap<>();

    private volatile boolean running;

    HostConnections(ConnectionContext context) {
        this.context = context;
    }

    /** Begins to watch a host, or tries again at once when it is not connected. */
    void connect(UUID hostId) {
        if (running) {
            connections
                    .computeIfAbsent(hostId, id -> new HostConnection(id, context, () -> connections.remove(id)))
                    .connectNow();
        }
    }

    boolean isLive(UUID hostId) {
        HostConnection connection = connections.get(hostId);
        return connection != null && connection.isLive();
    }

    /** @throws MesetaException HOST_UNREACHABLE when the host is not known here, or not connected to yet */
    Commandable require(UUID hostId) {
        HostConnection connection = connections.get(hostId);
        Optional<ManagedChannel> channel = connection == null ? Optional.empty() : connection.channel();
        if (connection == null || channel.isEmpty()) {
            throw new MesetaException(
                    ErrorCode.HOST_UNREACHABLE, "There is no connection to host %s.".formatted(hostId));
        }
        return new Commandable(channel.get(), connection.epoch());
    }

    @Override
    public void start() {
        running = true;
        for (Host host : context.hosts().all()) {
            connect(host.id());
        }
    }

    @Override
    public void stop() {
        running = false;
        CompletableFuture<?> closed = CompletableFuture.allOf(
                connections.values().stream().map(HostConnection::close).toArray(CompletableFuture<?>[]::new));
        connections.clear();
        try {
            closed.get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("Not every host connection could be closed in order", e);
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return Phases.HOST_CONNECTIONS;
    }

    /** What a command needs. */
    record Commandable(ManagedChannel channel, HostEpoch epoch) {}
}
