package dev.meseta.manager.agents.internal;

import dev.meseta.manager.agents.HostFlows;
import dev.meseta.manager.agents.HostFlows.Position;
import dev.meseta.proto.v1.FlowBatch;
import io.grpc.ManagedChannel;
import io.grpc.Status;
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
 * Reads one host's flows for as long as the host is connected. One batch is in hand at a time, so that a slow database makes
 * agents wait, and drop and count, instead of this manager buffer. All state is touched by tasks of one serial executor of
 * its own only: what is stored here must not hold up the host's watch.
 */
final class FlowConnection {

    private static final Logger LOG = LoggerFactory.getLogger(FlowConnection.class);
    // Above this the delay is at its limit anyway; it keeps the shift in range.
    private static final int MAX_DOUBLINGS = 16;

    private final UUID hostId;
    private final ConnectionContext context;
    private final HostEpoch epoch;
    private final Executor serial;
    private final SplittableRandom jitter;

    private volatile boolean closed;

    private @Nullable ManagedChannel channel;
    private @Nullable FlowStream stream;
    private Position position = new Position("", 0);
    private int attempts;
    private @Nullable ScheduledFuture<?> reconnect;

    FlowConnection(UUID hostId, ConnectionContext context, HostEpoch epoch) {
        this.hostId = hostId;
        this.context = context;
        this.epoch = epoch;
        this.serial = new SerialExecutor(context.threads());
        this.jitter = new SplittableRandom(hostId.getLeastSignificantBits());
    }

    /** The host is connected: its flows are read over this channel, from where they were last stored. */
    void begin(ManagedChannel to) {
        inOrder(() -> {
            channel = to;
            attempts = 0;
            open();
        });
    }

    /** The host is not connected any more. */
    void pause() {
        inOrder(() -> leave("the host is not connected"));
    }

    /** Ends everything. The answer completes when the batch in hand is dealt with. */
    CompletableFuture<Void> close() {
        closed = true;
        return CompletableFuture.runAsync(() -> leave("closed"), serial);
    }

    private void leave(String reason) {
        channel = null;
        cancelReconnect();
        endStream(reason);
    }

    private void open() {
        cancelReconnect();
        endStream("opened anew");
        ManagedChannel to = channel;
        HostFlows sink = context.flows().get().orElse(null);
        if (closed || to == null || sink == null) {
            return;
        }
        try {
            position = sink.position(hostId);
            stream = FlowStream.open(to, position.resumeToken(), epoch.current(), new StreamEvents());
        } catch (RuntimeException e) {
            again("could not be asked for: " + e);
        }
    }

    private void received(FlowStream from, FlowBatch message) {
        HostFlows sink = context.flows().get().orElse(null);
        if (from != stream || sink == null) {
            return;
        }
        Optional<Position> next;
        try {
            next = sink.take(
                    hostId,
                    position,
                    FlowMessages.batch(message, context.clock().instant()));
        } catch (RuntimeException e) {
            again("could not be taken in: " + e);
            return;
        }
        if (next.isEmpty()) {
            again("were taken in by another manager meanwhile");
            return;
        }
        position = next.get();
        attempts = 0;
        from.next();
    }

    private void ended(FlowStream which, Status status) {
        if (which != stream) {
            return;
        }
        stream = null;
        if (status.getCode() != Status.Code.UNIMPLEMENTED) {
            again("ended: " + status.getCode() + " "
                    + Optional.ofNullable(status.getDescription()).orElse(""));
            return;
        }
        // A newer agent is another process: the host's watch breaks, and this begins anew.
        LOG.debug("The agent of host {} does not know of flows", hostId);
        try {
            context.flows().get().ifPresent(sink -> sink.unsupported(hostId));
        } catch (RuntimeException e) {
            LOG.warn("That the agent of host {} does not know of flows could not be noted: {}", hostId, e.toString());
        }
    }

    private void again(String what) {
        endStream(what);
        if (closed || channel == null) {
            return;
        }
        long limit = context.properties().reconnectAtMost().toMillis();
        long first = context.properties().reconnectAfter().toMillis();
        long delay = Math.min(limit, first << Math.min(attempts, MAX_DOUBLINGS));
        long jittered = delay / 2 + jitter.nextLong(delay / 2 + 1);
        // Once is enough for a database that is down, or an agent that is.
        if (attempts++ == 0) {
            LOG.warn("Flows of host {} {}; they are asked for again and again", hostId, what);
        } else {
            LOG.debug("Flows of host {} {}", hostId, what);
        }
        cancelReconnect();
        reconnect = context.timers()
                .schedule(
                        () -> inOrder(() -> {
                            if (stream == null) {
                                open();
                            }
                        }),
                        jittered,
                        TimeUnit.MILLISECONDS);
    }

    private void cancelReconnect() {
        ScheduledFuture<?> planned = reconnect;
        reconnect = null;
        if (planned != null) {
            planned.cancel(false);
        }
    }

    private void endStream(String reason) {
        FlowStream old = stream;
        stream = null;
        if (old != null) {
            old.cancel(reason);
        }
    }

    private void inOrder(Runnable work) {
        // After the end there may be no threads any more.
        if (!closed) {
            serial.execute(work);
        }
    }

    /** Brings what gRPC's threads say into the order of this connection. */
    private final class StreamEvents implements FlowStream.Listener {

        @Override
        public void onBatch(FlowStream from, FlowBatch batch) {
            inOrder(() -> received(from, batch));
        }

        @Override
        public void onEnd(FlowStream from, Status status) {
            inOrder(() -> ended(from, status));
        }
    }
}
