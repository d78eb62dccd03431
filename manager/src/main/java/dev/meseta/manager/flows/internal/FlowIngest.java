package dev.meseta.manager.flows.internal;

import dev.meseta.manager.agents.FlowBatch;
import dev.meseta.manager.agents.FlowRecord;
import dev.meseta.manager.agents.FlowSource;
import dev.meseta.manager.agents.HostFlows;
import dev.meseta.manager.flows.internal.Rollup.Known;
import dev.meseta.manager.flows.internal.Rollup.Taken;
import io.micrometer.core.instrument.Timer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Takes batches in, several hosts' in one transaction when they come faster than they are stored: whoever gets the turn
 * stores what everybody is waiting with. Waiting callers hold one batch of their host each, and nothing else is buffered.
 */
final class FlowIngest implements HostFlows {

    private static final Logger LOG = LoggerFactory.getLogger(FlowIngest.class);

    /** In one transaction; a batch has 5,000 at most. */
    private static final int RECORDS_AT_ONCE = 40_000;

    private static final int MAX_REMEMBERED = 500_000;

    private final FlowRows rows;
    private final FlowPartitions partitions;
    private final KnownNics nics;
    private final TransactionOperations transactions;
    private final FlowsProperties settings;
    private final FlowMeters meters;
    private final InstantSource clock;

    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private final ReentrantLock turn = new ReentrantLock();
    // What is in the database already, as far as whoever has the turn remembers.
    private final Map<UUID, Hours> knownConversations = new HashMap<>();
    private final Map<UUID, KnownVm> knownVms = new HashMap<>();

    FlowIngest(
            FlowRows rows,
            FlowPartitions partitions,
            KnownNics nics,
            TransactionOperations transactions,
            FlowsProperties settings,
            FlowMeters meters,
            InstantSource clock) {
        this.rows = rows;
        this.partitions = partitions;
        this.nics = nics;
        this.transactions = transactions;
        this.settings = settings;
        this.meters = meters;
        this.clock = clock;
    }

    /** Hours of the first and last sighting that were written of a conversation. */
    private record Hours(long first, long last) {}

    private record KnownVm(String name, UUID clusterId) {}

    private static final class Waiting {
        private final UUID hostId;
        private final Position after;
        private final FlowBatch batch;
        private boolean done;
        private @Nullable Position next;
        private @Nullable RuntimeException failure;

        Waiting(UUID hostId, Position after, FlowBatch batch) {
            this.hostId = hostId;
            this.after = after;
            this.batch = batch;
        }
    }

    @Override
    public Position position(UUID hostId) {
        return rows.position(hostId, clock.instant());
    }

    @Override
    public void unsupported(UUID hostId) {
        rows.source(hostId, FlowSource.UNSUPPORTED, clock.instant());
    }

    @Override
    public Optional<Position> take(UUID hostId, Position after, FlowBatch batch) {
        Waiting own = new Waiting(hostId, after, batch);
        synchronized (waiting) {
            waiting.add(own);
        }
        turn.lock();
        try {
            while (!own.done) {
                storeAll(next());
            }
        } finally {
            turn.unlock();
        }
        if (own.failure != null) {
            throw own.failure;
        }
        return Optional.ofNullable(own.next);
    }

    private List<Waiting> next() {
        List<Waiting> group = new ArrayList<>();
        Set<UUID> hosts = new HashSet<>();
        int records = 0;
        synchronized (waiting) {
            // A host's second batch, from a connection that is given up, waits for the next turn and is found stale.
            for (Waiting first = waiting.peek();
                    first != null
                            && (group.isEmpty() || records + first.batch.flows().size() <= RECORDS_AT_ONCE)
                            && hosts.add(first.hostId);
                    first = waiting.peek()) {
                waiting.remove();
                group.add(first);
                records += first.batch.flows().size();
            }
        }
        return group;
    }

    private void storeAll(List<Waiting> group) {
        try {
            store(group);
        } catch (RuntimeException e) {
            if (group.size() == 1) {
                group.getFirst().failure = e;
                group.getFirst().done = true;
                return;
            }
            LOG.debug("Flows of {} hosts could not be stored at once; trying one after the other", group.size(), e);
            group.forEach(one -> storeAll(List.of(one)));
        }
    }

    private void store(List<Waiting> group) {
        Timer.Sample sample = meters.begin();
        List<FlowRecord> records = new ArrayList<>();
        Map<UUID, List<FlowRecord>> byHost = new HashMap<>();
        group.forEach(one -> {
            records.addAll(one.batch.flows());
            byHost.put(one.hostId, one.batch.flows());
        });
        nics.prepare(byHost);
        Instant now = clock.instant();
        Instant oldest = now.minus(settings.keepMinutes());
        ensurePartitions(records, now, oldest);
        Map<Waiting, Taken> taken;
        try {
            taken = storeIn(group, now, oldest);
        } catch (DataIntegrityViolationException e) {
            // A partition may have been dropped by another manager since.
            partitions.forget();
            ensurePartitions(records, now, oldest);
            taken = storeIn(group, now, oldest);
        }
        for (Waiting one : group) {
            Taken what = taken.get(one);
            if (what == null) {
                meters.stale();
            } else {
                meters.taken(one.batch, what);
                one.next = new Position(one.batch.resumeToken(), one.after.number() + 1);
            }
            one.done = true;
        }
        meters.end(sample);
    }

    private void ensurePartitions(List<FlowRecord> records, Instant now, Instant oldest) {
        Set<Long> moments = new HashSet<>();
        moments.add(Grain.MINUTE.partition(now.getEpochSecond()));
        for (FlowRecord flow : records) {
            if (!flow.lastSeen().isBefore(oldest) && !flow.lastSeen().isAfter(now.plus(Rollup.AHEAD))) {
                moments.add(Grain.MINUTE.partition(flow.lastSeen().getEpochSecond()));
            }
        }
        for (long moment : moments) {
            for (Grain grain : Grain.values()) {
                partitions.ensure(grain, moment);
            }
        }
    }

    /** @return what became of those batches that were taken in */
    private Map<Waiting, Taken> storeIn(List<Waiting> group, Instant now, Instant oldest) {
        Rollup rollup = new Rollup(nics, now, oldest);
        Map<UUID, Known> conversations = new HashMap<>();
        Map<UUID, KnownNic> vms = new HashMap<>();
        Map<Waiting, Taken> taken = new LinkedHashMap<>();
        transactions.executeWithoutResult(status -> {
            Map<UUID, Long> numbers =
                    rows.lock(group.stream().map(one -> one.hostId).toList());
            for (Waiting one : group) {
                Long number = numbers.get(one.hostId);
                if (number != null && number == one.after.number()) {
                    taken.put(one, rollup.add(one.hostId, one.batch));
                }
            }
            rollup.vms().forEach((id, nic) -> {
                if (!new KnownVm(nic.vmName(), nic.clusterId()).equals(knownVms.get(id))) {
                    vms.put(id, nic);
                }
            });
            rollup.conversations().forEach((id, known) -> {
                Hours hours = knownConversations.get(id);
                if (hours == null || hour(known.first()) < hours.first() || hour(known.last()) > hours.last()) {
                    conversations.put(id, known);
                }
            });
            rows.vms(vms.values());
            rows.conversations(conversations);
            rollup.buckets().forEach(rows::buckets);
            taken.entrySet().stream()
                    .sorted((one, other) -> one.getKey()
                            .hostId
                            .toString()
                            .compareTo(other.getKey().hostId.toString()))
                    .forEach(entry -> rows.taken(entry.getKey().hostId, entry.getKey().batch, entry.getValue(), now));
        });
        remember(conversations, vms);
        return taken;
    }

    private void remember(Map<UUID, Known> conversations, Map<UUID, KnownNic> vms) {
        if (knownConversations.size() > MAX_REMEMBERED) {
            knownConversations.clear();
        }
        if (knownVms.size() > MAX_REMEMBERED) {
            knownVms.clear();
        }
        conversations.forEach((id, known) -> knownConversations.merge(
                id,
                new Hours(hour(known.first()), hour(known.last())),
                (one, other) -> new Hours(Math.min(one.first(), other.first()), Math.max(one.last(), other.last()))));
        vms.forEach((id, nic) -> knownVms.put(id, new KnownVm(nic.vmName(), nic.clusterId())));
    }

    private static long hour(Instant moment) {
        return Grain.HOUR.bucket(moment.getEpochSecond());
    }
}
