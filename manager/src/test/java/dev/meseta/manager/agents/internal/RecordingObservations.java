package dev.meseta.manager.agents.internal;

import dev.meseta.manager.inventory.HostStatus;
import dev.meseta.manager.inventory.Observations;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps what it is told, in order; can be made to fail. */
final class RecordingObservations implements Observations {

    private final BlockingQueue<Seen> seen;
    private final AtomicInteger failures = new AtomicInteger();

    /** @param seen shared with others whose order matters too */
    RecordingObservations(BlockingQueue<Seen> seen) {
        this.seen = seen;
    }

    RecordingObservations() {
        this(new LinkedBlockingQueue<>());
    }

    /** The next so many domain observations cannot be stored. */
    void failDomains(int times) {
        failures.set(times);
    }

    @Override
    public void hostDescribed(UUID hostId, HostReport report) {
        seen.add(new Described(report));
    }

    @Override
    public void hostStatus(UUID hostId, HostStatus status, String reason) {
        seen.add(new Status(status, reason));
    }

    @Override
    public void domain(UUID hostId, DomainObservation observation) {
        if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new IllegalStateException("the database is away");
        }
        seen.add(new Domain(observation));
    }

    @Override
    public void snapshot(UUID hostId, List<DomainObservation> domains) {
        seen.add(new Snapshot(domains));
    }

    @Override
    public void hostLost(UUID hostId, String reason) {
        seen.add(new Lost(reason));
    }

    /** Something that was told, here or by an application event. */
    sealed interface Seen {}

    record Described(HostReport report) implements Seen {}

    record Status(HostStatus status, String reason) implements Seen {}

    record Domain(DomainObservation observation) implements Seen {}

    record Snapshot(List<DomainObservation> domains) implements Seen {}

    record Lost(String reason) implements Seen {}

    record Published(Object event) implements Seen {}
}
