package dev.meseta.manager.agents.internal;

import dev.meseta.manager.agents.internal.HostOwnership.Owned;
import dev.meseta.manager.membership.Life;
import dev.meseta.manager.membership.Member;
import dev.meseta.manager.membership.Membership;
import dev.meseta.manager.shared.MesetaException;
import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Watches this manager's share of the hosts, and has a way to every other. The share is looked at again and again: hosts of
 * dead managers are taken over at once, a manager that has too many gives up a few at a time.
 */
final class HostConnections implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(HostConnections.class);
    private static final int STOP_SECONDS = 5;
    private static final long ROUND_MS = 1000;

    private final ConnectionContext context;
    private final CommandChannels commandChannels;
    private final Map<UUID, HostConnection> connections = new ConcurrentHashMap<>();
    private final Map<UUID, HostEpoch> epochs = new ConcurrentHashMap<>();
    private final Object round = new Object();

    private volatile boolean running;
    private volatile Set<UUID> connectedElsewhere = Set.of();
    private volatile @Nullable ScheduledFuture<?> rounds;

    HostConnections(ConnectionContext context) {
        this.context = context;
        this.commandChannels = new CommandChannels(context.hosts(), context.channels());
    }

    /** A host has come, or come back: it is watched by somebody soon, if by this manager at once. */
    void connect(UUID hostId) {
        if (running) {
            shareOut();
            HostConnection connection = connections.get(hostId);
            if (connection != null) {
                connection.connectNow();
            }
        }
    }

    /** Whether the watch of a host is complete, here or as far as is known at another manager. */
    boolean isLive(UUID hostId) {
        HostConnection connection = connections.get(hostId);
        return connection != null ? connection.isLive() : connectedElsewhere.contains(hostId);
    }

    /** Whether this manager watches a host. */
    boolean watches(UUID hostId) {
        return connections.containsKey(hostId);
    }

    /** @throws MesetaException HOST_UNREACHABLE when the host is not known */
    Commandable require(UUID hostId) {
        HostConnection connection = connections.get(hostId);
        Optional<ManagedChannel> channel = connection == null ? Optional.empty() : connection.channel();
        return new Commandable(channel.isPresent() ? channel.get() : commandChannels.to(hostId), epochOf(hostId));
    }

    /** A command got no answer. */
    void unreachable(UUID hostId) {
        commandChannels.unreachable(hostId);
    }

    private HostEpoch epochOf(UUID hostId) {
        return epochs.computeIfAbsent(hostId, id -> new HostEpoch(id, context.membership(), context.ownership()));
    }

    /** Members have come or gone. */
    void shareOutSoon() {
        if (running) {
            context.threads().execute(this::guardedRound);
        }
    }

    private void guardedRound() {
        try {
            shareOut();
        } catch (RuntimeException e) {
            LOG.warn("Hosts could not be shared out; trying again: {}", e.toString());
        }
    }

    /** Takes what is missing to this manager's share, gives up what is too much, and watches exactly what it owns. */
    void shareOut() {
        synchronized (round) {
            Membership membership = context.membership();
            if (!running || !membership.isMember()) {
                return;
            }
            Life self = membership.self();
            List<Owned> all = context.ownership().all();
            Set<UUID> mine = all.stream()
                    .filter(owned -> self.equals(owned.owner()))
                    .map(Owned::hostId)
                    .collect(Collectors.toCollection(HashSet::new));
            Set<UUID> tooMany = new HashSet<>();
            Set<Life> living = membership.living().stream().map(Member::life).collect(Collectors.toSet());
            int share = HostShares.of(self, living, all.size());
            if (mine.size() < share) {
                Set<UUID> got = context.ownership().claim(self, share - mine.size(), membership.fenced());
                if (!got.isEmpty()) {
                    LOG.info(
                            "This manager watches {} more hosts now, {} of {}",
                            got.size(),
                            mine.size() + got.size(),
                            all.size());
                }
                mine.addAll(got);
            } else if (mine.size() > share) {
                mine.stream()
                        .sorted()
                        .limit(Math.min(mine.size() - share, HostShares.step(all.size())))
                        .forEach(tooMany::add);
                mine.removeAll(tooMany);
                LOG.info("This manager gives up the watch of {} of its hosts; {} remain", tooMany.size(), mine.size());
            }
            watchExactly(mine);
            context.ownership().release(self, tooMany);
            noteConnected(self, all, mine, living);
        }
    }

    private void watchExactly(Set<UUID> mine) {
        List<CompletableFuture<Void>> closing = new ArrayList<>();
        connections.forEach((hostId, connection) -> {
            if (!mine.contains(hostId)) {
                connections.remove(hostId);
                closing.add(connection.close());
            }
        });
        // What the old watch has in hand is written before somebody else begins a new one.
        awaitClosed(closing);
        for (UUID hostId : mine) {
            connections.computeIfAbsent(hostId, this::begin);
        }
    }

    private HostConnection begin(UUID hostId) {
        HostConnection connection =
                new HostConnection(hostId, context, epochOf(hostId), () -> connections.remove(hostId));
        connection.connectNow();
        return connection;
    }

    private void noteConnected(Life self, List<Owned> all, Set<UUID> mine, Set<Life> living) {
        Set<UUID> noted = all.stream()
                .filter(owned -> owned.connected() && self.equals(owned.owner()))
                .map(Owned::hostId)
                .collect(Collectors.toSet());
        Set<UUID> live = mine.stream().filter(this::isLive).collect(Collectors.toSet());
        context.ownership().connected(self, minus(live, noted), true);
        context.ownership().connected(self, minus(noted, live), false);
        connectedElsewhere = all.stream()
                .filter(owned -> owned.connected() && living.contains(owned.owner()))
                .map(Owned::hostId)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Set<UUID> minus(Set<UUID> some, Set<UUID> others) {
        return some.stream().filter(id -> !others.contains(id)).collect(Collectors.toSet());
    }

    @Override
    public void start() {
        running = true;
        shareOut();
        rounds = context.timers().scheduleWithFixedDelay(this::shareOutSoon, ROUND_MS, ROUND_MS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void stop() {
        running = false;
        ScheduledFuture<?> timer = rounds;
        if (timer != null) {
            timer.cancel(false);
        }
        synchronized (round) {
            awaitClosed(connections.values().stream().map(HostConnection::close).toList());
            connections.clear();
            commandChannels.closeAll();
        }
    }

    private static void awaitClosed(List<CompletableFuture<Void>> closing) {
        try {
            CompletableFuture.allOf(closing.toArray(CompletableFuture<?>[]::new))
                    .get(STOP_SECONDS, TimeUnit.SECONDS);
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
