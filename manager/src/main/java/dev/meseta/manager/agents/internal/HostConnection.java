package dev.meseta.manager.agents.internal;

import dev.meseta.manager.agents.AgentOperation;
import dev.meseta.manager.agents.AgentOperationChanged;
import dev.meseta.manager.agents.HostConnected;
import dev.meseta.manager.agents.HostDisconnected;
import dev.meseta.manager.agents.HostStatistics;
import dev.meseta.manager.agents.MigrationProgressed;
import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.inventory.HostStatus;
import dev.meseta.manager.inventory.Observations.DomainObservation;
import dev.meseta.manager.inventory.Observations.HostReport;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.proto.v1.WatchEvent;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The manager's connection to one host: its channel, and the watch that is opened again whenever it breaks. All state is
 * touched by tasks of one serial executor only, except what is volatile; so everything about a host is observed, and
 * published, in the order it happened.
 */
final class HostConnection implements WatchReader.Sink {

    private static final Logger LOG = LoggerFactory.getLogger(HostConnection.class);
    // Above this the delay is at its limit anyway; it keeps the shift in range.
    private static final int MAX_DOUBLINGS = 16;

    private final UUID hostId;
    private final ConnectionContext context;
    private final Runnable whenRemoved;
    private final HostEpoch epoch;
    private final Executor serial;
    // Spreads the reconnects of many hosts; seeded by the host so that a run can be repeated.
    private final SplittableRandom jitter;
    private final FlowConnection flows;

    private volatile @Nullable Link link;
    private volatile boolean live;
    private volatile boolean closed;

    private @Nullable WatchStream stream;
    private @Nullable WatchReader reader;
    private String resumeToken = "";
    private @Nullable String resumeInstance;
    private long openedNanos;
    private boolean tookSnapshot;
    private int attempts;
    private String lastFailure = "";
    private boolean nonResponsive;
    private @Nullable ScheduledFuture<?> reconnect;
    private @Nullable ScheduledFuture<?> giveUp;
    private @Nullable ScheduledFuture<?> silence;
    private @Nullable ScheduledFuture<?> repeatPreparation;

    /** @param whenRemoved told when the connection has ended itself because there is no such host any more */
    HostConnection(UUID hostId, ConnectionContext context, HostEpoch epoch, Runnable whenRemoved) {
        this.hostId = hostId;
        this.whenRemoved = whenRemoved;
        this.context = context;
        this.epoch = epoch;
        this.serial = new SerialExecutor(context.threads());
        this.flows = new FlowConnection(hostId, context, epoch);
        this.jitter = new SplittableRandom(hostId.getMostSignificantBits() ^ hostId.getLeastSignificantBits());
    }

    /** Opens the watch now, also when the next attempt was planned for later. */
    void connectNow() {
        serial.execute(() -> {
            if (!closed && stream == null) {
                attempts = 0;
                open();
            }
        });
    }

    /** Ends everything; nothing is reported any more. The answer completes when what is in hand is dealt with. */
    CompletableFuture<Void> close() {
        closed = true;
        live = false;
        return CompletableFuture.allOf(flows.close(), CompletableFuture.runAsync(this::shutDown, serial));
    }

    private void shutDown() {
        live = false;
        context.statistics().forget(hostId);
        cancel(reconnect);
        cancel(giveUp);
        cancel(repeatPreparation);
        endStream("closed");
        Link current = link;
        if (current != null) {
            current.channel().shutdownNow();
        }
    }

    /** Whether the watch is complete at this moment. */
    boolean isLive() {
        return live;
    }

    /** Empty before the first attempt to connect. */
    Optional<ManagedChannel> channel() {
        return Optional.ofNullable(link).map(Link::channel);
    }

    private void open() {
        cancel(reconnect);
        reconnect = null;
        try {
            Optional<Host> host = context.hosts().find(hostId);
            if (host.isEmpty()) {
                LOG.info("Host {} was removed; it is not watched any more", hostId);
                closed = true;
                CompletableFuture<Void> unused = flows.close();
                shutDown();
                whenRemoved.run();
                return;
            }
            long sent = epoch.current();
            Link current = linkTo(host.get().agentAddress());
            // One that another manager watched until now need not be refused to people while it changes hands.
            boolean justChangesHands =
                    attempts == 0 && isUsable(host.get().observed().status());
            if (!nonResponsive && !justChangesHands) {
                context.observations().hostStatus(hostId, HostStatus.CONNECTING, lastFailure);
            }
            planGivingUp();
            // The pause between attempts is ours, not the channel's own, which grows to minutes.
            current.channel().resetConnectBackoff();
            reader = new WatchReader(hostId, resumeInstance, this, context.clock());
            openedNanos = System.nanoTime();
            tookSnapshot = false;
            stream = WatchStream.open(current.channel(), resumeToken, sent, new StreamEvents());
            expectSignOfLife();
        } catch (RuntimeException e) {
            LOG.warn("The watch of host {} could not be opened", hostId, e);
            endStream("could not be opened");
            lastFailure = "the watch could not be opened: " + e.getMessage();
            planGivingUp();
            planReconnect();
        }
    }

    private static boolean isUsable(HostStatus status) {
        return status == HostStatus.UP || status == HostStatus.MAINTENANCE;
    }

    private Link linkTo(String agentAddress) {
        Link current = link;
        if (current != null && current.agentAddress().equals(agentAddress)) {
            return current;
        }
        if (current != null) {
            current.channel().shutdownNow();
        }
        Link fresh = new Link(agentAddress, context.channels().open(hostId, agentAddress));
        link = fresh;
        return fresh;
    }

    private void received(WatchStream from, WatchEvent event) {
        WatchReader current = reader;
        if (from != stream || current == null) {
            return;
        }
        try {
            current.accept(event);
        } catch (RuntimeException e) {
            // What the database has is not what the agent said: only a new snapshot makes it right again.
            LOG.error("An event of host {} could not be taken in; its watch is opened anew", hostId, e);
            forgetResumeToken();
            broken(from, "an event could not be taken in: " + e);
            return;
        }
        if (current.isComplete()) {
            resumeToken = event.getResumeToken();
            resumeInstance = resumeToken.isEmpty() ? null : current.agentInstanceId();
        } else {
            forgetResumeToken();
        }
        expectSignOfLife();
        from.next();
    }

    private void broken(WatchStream which, String reason) {
        if (which != stream) {
            return;
        }
        endStream(reason);
        lastFailure = reason;
        if (live) {
            live = false;
            LOG.warn("The watch of host {} broke: {}", hostId, reason);
            flows.pause();
            context.events().publish(new HostDisconnected(hostId, reason));
            observe(() -> context.observations().hostStatus(hostId, HostStatus.CONNECTING, reason));
        } else {
            LOG.debug("Host {} could not be reached: {}", hostId, reason);
        }
        planGivingUp();
        planReconnect();
    }

    private void endStream(String reason) {
        cancel(silence);
        silence = null;
        WatchStream old = stream;
        stream = null;
        reader = null;
        if (old != null) {
            old.cancel(reason);
        }
    }

    private void planReconnect() {
        if (closed) {
            return;
        }
        long limit = context.properties().reconnectAtMost().toMillis();
        long first = context.properties().reconnectAfter().toMillis();
        long delay = Math.min(limit, first << Math.min(attempts, MAX_DOUBLINGS));
        attempts++;
        long jittered = delay / 2 + jitter.nextLong(delay / 2 + 1);
        cancel(reconnect);
        reconnect = later(Duration.ofMillis(jittered), () -> {
            if (stream == null) {
                open();
            }
        });
    }

    private void planGivingUp() {
        if (giveUp == null && !nonResponsive && !closed) {
            giveUp = later(context.properties().nonResponsiveAfter(), this::giveUp);
        }
    }

    private void giveUp() {
        giveUp = null;
        if (live || closed) {
            return;
        }
        String reason = "no connection to its agent for %s; last attempt: %s"
                .formatted(
                        inWords(context.properties().nonResponsiveAfter()),
                        lastFailure.isEmpty() ? "no answer yet" : lastFailure);
        LOG.warn("Host {} does not respond: {}", hostId, reason);
        // Its VMs become UNKNOWN: changes alone would not tell what they are.
        forgetResumeToken();
        try {
            context.observations().hostStatus(hostId, HostStatus.NON_RESPONSIVE, reason);
            context.observations().hostLost(hostId, reason);
            nonResponsive = true;
        } catch (RuntimeException e) {
            LOG.error("That host {} does not respond could not be noted; trying again", hostId, e);
            giveUp = later(context.properties().reconnectAtMost(), this::giveUp);
        }
    }

    private void forgetResumeToken() {
        resumeToken = "";
        resumeInstance = null;
    }

    private void expectSignOfLife() {
        cancel(silence);
        WatchStream current = stream;
        if (current != null) {
            silence = later(
                    context.properties().watchSilence(),
                    () -> broken(
                            current,
                            "nothing heard for " + inWords(context.properties().watchSilence())));
        }
    }

    /** Does something in order with all else, some time later. */
    private ScheduledFuture<?> later(Duration delay, Runnable work) {
        return context.timers()
                .schedule(
                        () -> {
                            if (!closed) {
                                serial.execute(work);
                            }
                        },
                        delay.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private static String inWords(Duration duration) {
        return "%.1f s".formatted(duration.toMillis() / 1000.0);
    }

    private static void cancel(@Nullable ScheduledFuture<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private void observe(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.error("The state of host {} could not be noted", hostId, e);
        }
    }

    @Override
    public void hostDescribed(HostReport report) {
        context.observations().hostDescribed(hostId, report);
    }

    @Override
    public void domain(DomainObservation observation) {
        context.observations().domain(hostId, observation);
    }

    @Override
    public void snapshot(List<DomainObservation> domains) {
        context.observations().snapshot(hostId, domains);
        tookSnapshot = true;
    }

    @Override
    public void operation(AgentOperation operation) {
        context.events().publish(new AgentOperationChanged(hostId, operation));
    }

    @Override
    public void migrationProgressed(MigrationProgressed progress) {
        context.events().publish(progress);
    }

    @Override
    public void statistics(HostStatistics.Sample sample) {
        context.statistics().accept(hostId, sample);
    }

    @Override
    public void live(List<AgentOperation> unfinished) {
        cancel(giveUp);
        giveUp = null;
        nonResponsive = false;
        attempts = 0;
        lastFailure = "";
        boolean wasLive = live;
        live = true;
        unfinished.forEach(this::operation);
        if (!wasLive) {
            LOG.info("Host {} is connected", hostId);
            if (tookSnapshot) {
                context.resyncs().record(System.nanoTime() - openedNanos, TimeUnit.NANOSECONDS);
            }
            channel().ifPresent(flows::begin);
            prepare(stream);
        }
    }

    /** Commands the host and waits for it, so it must not hold up what the watch brings meanwhile. */
    private void prepare(@Nullable WatchStream connectedBy) {
        context.threads().execute(() -> {
            String complaint = "";
            try {
                context.preparations().get().forEach(preparation -> preparation.prepare(hostId));
            } catch (MesetaException e) {
                complaint = e.getMessage() == null ? e.code().name() : e.getMessage();
            } catch (RuntimeException e) {
                LOG.error("Host {} could not be prepared", hostId, e);
                complaint = "it could not be prepared: " + e;
            }
            String outcome = complaint;
            if (!closed) {
                serial.execute(() -> prepared(connectedBy, outcome));
            }
        });
    }

    private void prepared(@Nullable WatchStream connectedBy, String complaint) {
        if (connectedBy != stream || !live) {
            return;
        }
        if (complaint.isEmpty()) {
            observe(() -> {
                boolean maintenance = context.hosts().require(hostId).maintenance();
                context.observations().hostStatus(hostId, maintenance ? HostStatus.MAINTENANCE : HostStatus.UP, "");
            });
            context.events().publish(new HostConnected(hostId));
        } else {
            LOG.warn("Host {} is not fit to run VMs: {}", hostId, complaint);
            observe(() -> context.observations().hostStatus(hostId, HostStatus.NON_OPERATIONAL, complaint));
            repeatPreparation = later(context.properties().reconnectAtMost(), () -> {
                if (connectedBy == stream && live) {
                    prepare(connectedBy);
                }
            });
        }
    }

    private record Link(String agentAddress, ManagedChannel channel) {}

    /** Brings what gRPC's threads say into the order of this connection. */
    private final class StreamEvents implements WatchStream.Listener {

        @Override
        public void onEvent(WatchStream from, WatchEvent event) {
            inOrder(() -> received(from, event));
        }

        @Override
        public void onEnd(WatchStream from, String reason) {
            inOrder(() -> broken(from, reason));
        }

        private void inOrder(Runnable work) {
            // After the end there may be no threads any more.
            if (!closed) {
                serial.execute(work);
            }
        }
    }
}
