package dev.meseta.manager.audit.internal;

import dev.meseta.manager.audit.internal.AuditRows.Stored;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Forwards all lanes over syslog, on one manager of several. Reads them from the database, so that no request ever waits for a
 * receiver; after a break or a restart it goes on behind what counts as arrived. Each record arrives at least once: at a
 * change of the manager, or after a break, some arrive again.
 */
final class SyslogForwarder implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(SyslogForwarder.class);
    private static final int AT_ONCE = 500;
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(5);

    private final SyslogProperties settings;
    private final String hostName;
    private final ForwardRows rows;
    private final Formats formats;
    private final Supplier<SSLSocketFactory> sockets;
    private final BooleanSupplier isMine;
    private final InstantSource clock;

    private volatile @Nullable CountDownLatch stopping;
    private volatile @Nullable SyslogConnection connection;
    private @Nullable Thread thread;
    private boolean isInTrouble;
    /** What was sent on this connection, or counted as arrived before it. */
    private final Map<UUID, Long> sent = new HashMap<>();

    private final Deque<Batch> unsettled = new ArrayDeque<>();

    SyslogForwarder(
            SyslogProperties settings,
            String hostName,
            ForwardRows rows,
            Formats formats,
            Supplier<SSLSocketFactory> sockets,
            BooleanSupplier isMine,
            InstantSource clock) {
        this.settings = settings;
        this.hostName = hostName;
        this.rows = rows;
        this.formats = formats;
        this.sockets = sockets;
        this.isMine = isMine;
        this.clock = clock;
    }

    /** What was sent together. */
    private record Batch(Instant at, Map<UUID, Long> positions) {}

    /**
     * Sends what is next, if this manager is the one to do it.
     *
     * @return how many records; 0: there is nothing to do now
     */
    int round() throws IOException {
        if (!isMine.getAsBoolean()) {
            disconnect();
            return 0;
        }
        SyslogConnection open = connection;
        if (open != null && open.isBroken()) {
            disconnect();
            throw new IOException("the receiver has closed the connection");
        }
        if (open == null) {
            open = connect();
        }
        settle();
        List<Stored> next = rows.after(sent, AT_ONCE);
        if (next.isEmpty()) {
            return 0;
        }
        Map<UUID, Long> positions = new HashMap<>();
        for (Stored each : next) {
            open.write(SyslogMessage.of(each.record(), hostName, formats.line(settings.format(), each)));
            if (each.lane() != null) {
                positions.put(each.lane(), each.number());
            }
        }
        open.flush();
        sent.putAll(positions);
        unsettled.add(new Batch(clock.instant(), positions));
        return next.size();
    }

    private SyslogConnection connect() throws IOException {
        Map<UUID, Long> arrived = rows.positions();
        SyslogConnection opened = SyslogConnection.open(sockets.get(), settings.host(), settings.port());
        sent.clear();
        sent.putAll(arrived);
        unsettled.clear();
        connection = opened;
        return opened;
    }

    /** Counts as arrived what was sent long enough ago on a connection that still stands. */
    private void settle() {
        Instant until = clock.instant().minus(settings.settle());
        Map<UUID, Long> arrived = new HashMap<>();
        while (!unsettled.isEmpty() && !unsettled.getFirst().at().isAfter(until)) {
            arrived.putAll(unsettled.removeFirst().positions());
        }
        rows.save(arrived);
    }

    void disconnect() {
        SyslogConnection open = connection;
        connection = null;
        unsettled.clear();
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                LOG.debug("A syslog connection could not be closed", e);
            }
        }
    }

    private void forward(CountDownLatch end) {
        try {
            Duration pause = Duration.ZERO;
            while (!end.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                pause = attempt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            disconnect();
        }
    }

    /** How long to wait before the next one. */
    private Duration attempt() {
        try {
            int records = round();
            if (isInTrouble && connection != null) {
                LOG.info("The audit log is forwarded again");
                isInTrouble = false;
            }
            return records == AT_ONCE ? Duration.ZERO : PAUSE;
        } catch (IOException | RuntimeException e) {
            // Whatever it is: without this thread nothing would be forwarded any more.
            if (!isInTrouble) {
                LOG.warn("The audit log cannot be forwarded to {}; it is tried again", settings.host(), e);
                isInTrouble = true;
            }
            disconnect();
            return AFTER_TROUBLE;
        }
    }

    @Override
    public synchronized void start() {
        if (settings.host().isEmpty()) {
            return;
        }
        CountDownLatch end = new CountDownLatch(1);
        stopping = end;
        thread = Thread.ofPlatform().daemon().name("audit-syslog").start(() -> forward(end));
    }

    @Override
    public synchronized void stop() {
        CountDownLatch end = stopping;
        Thread forwarding = thread;
        if (end == null || forwarding == null) {
            return;
        }
        end.countDown();
        // It may be stuck in a write to a receiver that takes nothing.
        SyslogConnection open = connection;
        try {
            if (open != null) {
                open.close();
            }
            forwarding.join(PAUSE);
        } catch (IOException e) {
            LOG.debug("A syslog connection could not be closed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        stopping = null;
    }

    @Override
    public boolean isRunning() {
        return stopping != null;
    }
}
