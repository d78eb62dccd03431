package dev.meseta.manager.audit.internal;

import dev.meseta.audit.AuditLines;
import dev.meseta.manager.audit.Audit;
import dev.meseta.manager.shared.ManagerIdentity;
import dev.meseta.manager.shared.UuidGenerator;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes this life's lane of the audit log. One thread numbers and chains what comes and stores all that has come meanwhile in
 * one transaction; who records something waits until it is stored. Lanes of other managers are never waited for. What came
 * with a transaction of the caller's is taken from where that has left it.
 */
@Service
class AuditWriter implements Audit, DisposableBean {

    private static final Logger LOG = LoggerFactory.getLogger(AuditWriter.class);

    /** No record: something may be pending. */
    private static final Waiting LOOK = new Waiting(RecordLine.NONE, new CountDownLatch(0));

    private static final int MOST_WAITING = 10_000;
    private static final int MOST_AT_ONCE = 500;
    /** A request is not held up for longer by a database that is away; its record waits on. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Duration RETRY = Duration.ofSeconds(1);
    /** At the end, for what still waits, and for the seal; the database may have gone already. */
    private static final Duration LAST_CHANCE = Duration.ofSeconds(3);

    private static final Duration TIME_TO_SEAL = Duration.ofSeconds(1);

    private final AuditRows rows;
    private final PendingRows pending;
    private final Checkpoints checkpoints;
    private final TransactionTemplate transaction;
    private final JsonMapper json;
    private final InstantSource clock;
    private final BlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread writer;
    private volatile boolean isStoring;
    private final AtomicBoolean isTold = new AtomicBoolean();

    private final UUID lane;
    /** Touched by the writer alone. */
    private long number;

    private String head = AuditLines.NOTHING;
    private boolean isHeadKnown = true;

    AuditWriter(
            AuditRows rows,
            PendingRows pending,
            Checkpoints checkpoints,
            PlatformTransactionManager transactions,
            JsonMapper json,
            InstantSource clock,
            UuidGenerator ids,
            ManagerIdentity identity) {
        this.rows = rows;
        this.pending = pending;
        this.checkpoints = checkpoints;
        this.transaction = new TransactionTemplate(transactions);
        this.json = json;
        this.clock = clock;
        this.lane = ids.next();
        this.writer = Thread.ofPlatform().daemon().name("audit").start(() -> write(identity.id()));
    }

    /** One record on its way, and whoever waits for it. */
    private record Waiting(RecordLine record, CountDownLatch stored) {}

    /** Something came with a transaction that has not committed yet. */
    void lookAfterCommit() {
        if (TransactionSynchronizationManager.isSynchronizationActive()) {
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    look();
                }
            });
        } else {
            look();
        }
    }

    /** Wakes the writer, unless it has been woken already; when its queue is full, it is awake. */
    private void look() {
        if (!isTold.getAndSet(true)) {
            boolean unused = waiting.offer(LOOK);
        }
    }

    @Override
    public void record(Entry entry) {
        Waiting mine = new Waiting(RecordLine.of(entry, clock.instant(), json), new CountDownLatch(1));
        if (!waiting.offer(mine)) {
            LOG.error("An audit record could not be kept, so many wait for the database already: {}", mine.record());
            return;
        }
        try {
            if (!mine.stored().await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("An audit record waits for the database: {}", mine.record());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(UUID managerId) {
        List<Waiting> batch = new ArrayList<>(MOST_AT_ONCE);
        while (stopping.getCount() > 0 || !waiting.isEmpty()) {
            try {
                isStoring = false;
                Waiting first = waiting.poll(RETRY.toMillis(), TimeUnit.MILLISECONDS);
                isStoring = true;
                // Also when nobody said so: whoever left something may be dead.
                boolean looks = first == null;
                if (first != null) {
                    batch.add(first);
                    waiting.drainTo(batch, MOST_AT_ONCE - 1);
                    looks = batch.removeIf(LOOK::equals);
                    store(batch, managerId);
                    batch.clear();
                }
                if (looks) {
                    takePending(managerId);
                }
            } catch (InterruptedException e) {
                int lost = batch.size() + waiting.size();
                if (lost > 0) {
                    LOG.error("{} audit records are lost: their writer was interrupted", lost);
                }
                return;
            }
        }
    }

    private void takePending(UUID managerId) {
        isTold.set(false);
        int taken = MOST_AT_ONCE;
        try {
            while (taken == MOST_AT_ONCE) {
                learnHead();
                isHeadKnown = false;
                taken = Objects.requireNonNull(transaction.execute(status -> chainPending(managerId)));
                isHeadKnown = taken == 0;
                learnHead();
            }
        } catch (RuntimeException e) {
            // Nothing is lost: they stay where they are, and are looked for again in a second.
            LOG.debug("Pending audit records were not taken", e);
        }
    }

    private int chainPending(UUID managerId) {
        List<RecordLine> taken = pending.take(MOST_AT_ONCE);
        if (!taken.isEmpty()) {
            if (number == 0) {
                rows.beginLane(lane, managerId, clock.instant());
            }
            List<ObjectNode> lines = new ArrayList<>(taken.size());
            long next = number;
            String previous = head;
            for (RecordLine each : taken) {
                ObjectNode line = each.line(json, lane, ++next);
                previous = AuditLines.chain(line, previous);
                lines.add(line);
            }
            rows.append(lane, lines);
        }
        return taken.size();
    }

    /** After a transaction whose end is unknown: how far this lane is. */
    private void learnHead() {
        if (!isHeadKnown) {
            rows.head(lane).filter(known -> known.number() > number).ifPresent(known -> {
                number = known.number();
                head = known.hash();
            });
            isHeadKnown = true;
        }
    }

    private void store(List<Waiting> batch, UUID managerId) throws InterruptedException {
        if (batch.isEmpty()) {
            return;
        }
        if (!isHeadKnownInTheEnd()) {
            batch.forEach(each -> LOG.error("An audit record is lost: {}", each.record()));
            return;
        }
        List<ObjectNode> lines = new ArrayList<>(batch.size());
        long next = number;
        String previous = head;
        for (Waiting each : batch) {
            ObjectNode line = each.record().line(json, lane, ++next);
            previous = AuditLines.chain(line, previous);
            lines.add(line);
        }
        if (isStoredInTheEnd(lines, managerId)) {
            number = next;
            head = previous;
            batch.forEach(each -> each.stored().countDown());
        } else if (batch.size() > 1 && stopping.getCount() > 0) {
            // One that cannot be stored must not take the others with it.
            for (Waiting each : batch) {
                store(List.of(each), managerId);
            }
        } else {
            batch.forEach(each -> LOG.error("An audit record is lost: {}", each.record()));
        }
    }

    /** As {@link #learnHead}, as often as it takes while this process is not ending. */
    private boolean isHeadKnownInTheEnd() throws InterruptedException {
        boolean lastTry = false;
        while (!isHeadKnown) {
            try {
                learnHead();
            } catch (RuntimeException e) {
                LOG.debug("The head of this lane cannot be read", e);
                if (lastTry) {
                    return false;
                }
                lastTry = stopping.await(RETRY.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
        return true;
    }

    /** Tries until it is stored; gives up at the end of this process, and on a record that the database will never take. */
    private boolean isStoredInTheEnd(List<ObjectNode> lines, UUID managerId) throws InterruptedException {
        boolean told = false;
        boolean lastTry = false;
        while (true) {
            switch (attempt(lines, managerId)) {
                case STORED -> {
                    return true;
                }
                case IMPOSSIBLE -> {
                    return false;
                }
                case NOT_NOW -> {
                    if (lastTry) {
                        return false;
                    }
                    if (!told) {
                        LOG.error(
                                "{} audit records cannot be stored; they are tried again until they are", lines.size());
                        told = true;
                    }
                    lastTry = stopping.await(RETRY.toMillis(), TimeUnit.MILLISECONDS);
                }
            }
        }
    }

    private enum Attempt {
        STORED,
        NOT_NOW,
        IMPOSSIBLE
    }

    private Attempt attempt(List<ObjectNode> lines, UUID managerId) {
        try {
            transaction.executeWithoutResult(status -> {
                if (number == 0) {
                    rows.beginLane(lane, managerId, clock.instant());
                }
                // Nobody knows whether an attempt that failed was stored.
                if (!rows.has(lane, number + 1)) {
                    rows.append(lane, lines);
                }
            });
            return Attempt.STORED;
        } catch (DataIntegrityViolationException e) {
            LOG.error("The database refuses audit records", e);
            return Attempt.IMPOSSIBLE;
        } catch (RuntimeException e) {
            // Whatever it is: without this thread nobody's deeds would be recorded any more.
            LOG.debug("Audit records were not stored", e);
            return Attempt.NOT_NOW;
        }
    }

    /** What waits is stored, if the database is there; then it is sealed. */
    @Override
    public void destroy() throws InterruptedException {
        stopping.countDown();
        if (waiting.isEmpty() && !isStoring) {
            writer.interrupt();
        }
        writer.join(LAST_CHANCE);
        if (writer.isAlive()) {
            writer.interrupt();
        }
        Thread seal = Thread.ofPlatform().daemon().name("audit-seal").start(checkpoints::now);
        seal.join(TIME_TO_SEAL);
    }
}
