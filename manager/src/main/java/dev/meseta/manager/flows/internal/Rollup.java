package dev.meseta.manager.flows.internal;

import dev.meseta.manager.agents.FlowBatch;
import dev.meseta.manager.agents.FlowRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Sums up batches before they are written: a row is written once however many records are about it. Not thread-safe. */
final class Rollup {

    /** Clocks of hosts are good to a few seconds; further ahead it is an error. */
    static final Duration AHEAD = Duration.ofMinutes(1);

    private final KnownNics nics;
    private final Instant now;
    private final Instant oldest;
    private final Map<Conversation, UUID> ids = new HashMap<>();
    private final Map<UUID, Known> conversations = new HashMap<>();
    private final Map<UUID, KnownNic> vms = new HashMap<>();
    private final Map<BucketKey, Counts> minutes = new HashMap<>();

    /**
     * @param nics prepared for all records
     * @param oldest what was seen before is not taken in any more
     */
    Rollup(KnownNics nics, Instant now, Instant oldest) {
        this.nics = nics;
        this.now = now;
        this.oldest = oldest;
    }

    /** @param bucket its beginning, in seconds since the epoch */
    record BucketKey(UUID conversation, long bucket) {}

    /** A conversation with the span it was seen in. */
    record Known(Conversation conversation, Instant first, Instant last) {}

    /** What became of a batch's records. */
    record Taken(long records, long unresolved, long late, long ahead) {}

    Taken add(UUID hostId, FlowBatch batch) {
        long records = 0;
        long unresolved = 0;
        long late = 0;
        long ahead = 0;
        for (FlowRecord flow : batch.flows()) {
            Optional<KnownNic> local = nics.local(flow)
                    .filter(nic -> nic.vmId().equals(flow.vmId())
                            && nic.networkId().equals(flow.networkId())
                            && nics.isAt(hostId, flow));
            boolean isAhead = flow.lastSeen().isAfter(now.plus(AHEAD));
            if (local.isEmpty()) {
                unresolved++;
            } else if (flow.lastSeen().isBefore(oldest)) {
                late++;
            } else {
                records++;
                ahead += isAhead ? 1 : 0;
                add(flow, local.get(), isAhead ? now : flow.lastSeen());
            }
        }
        return new Taken(records, unresolved, late, ahead);
    }

    private void add(FlowRecord flow, KnownNic local, Instant last) {
        Sighting sighting = Sighting.of(flow, local, nics);
        Conversation conversation = sighting.conversation();
        UUID id = ids.computeIfAbsent(conversation, Conversation::id);
        Instant first = flow.firstSeen().isBefore(last) ? flow.firstSeen() : last;
        conversations.merge(
                id,
                new Known(conversation, first, last),
                (known, more) -> new Known(
                        conversation,
                        known.first().isBefore(more.first()) ? known.first() : more.first(),
                        known.last().isAfter(more.last()) ? known.last() : more.last()));
        minutes.computeIfAbsent(new BucketKey(id, Grain.MINUTE.bucket(last.getEpochSecond())), key -> new Counts())
                .add(flow, sighting.byClient(), last);
        vms.put(local.vmId(), local);
        nics.remote(flow).ifPresent(nic -> vms.put(nic.vmId(), nic));
    }

    Map<UUID, Known> conversations() {
        return conversations;
    }

    /** One vNIC of each VM that was met. */
    Map<UUID, KnownNic> vms() {
        return vms;
    }

    Map<Grain, Map<BucketKey, Counts>> buckets() {
        Map<Grain, Map<BucketKey, Counts>> buckets = new EnumMap<>(Grain.class);
        buckets.put(Grain.MINUTE, minutes);
        buckets.put(Grain.HOUR, coarser(minutes, Grain.HOUR));
        buckets.put(Grain.DAY, coarser(minutes, Grain.DAY));
        return buckets;
    }

    private static Map<BucketKey, Counts> coarser(Map<BucketKey, Counts> finer, Grain grain) {
        Map<BucketKey, Counts> sums = new HashMap<>();
        finer.forEach((key, counts) -> sums.computeIfAbsent(
                        new BucketKey(key.conversation(), grain.bucket(key.bucket())), sum -> new Counts())
                .add(counts));
        return sums;
    }
}
