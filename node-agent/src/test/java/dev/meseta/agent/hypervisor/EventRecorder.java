package dev.meseta.agent.hypervisor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/** Keeps the events of a hypervisor and waits for those that are to come. */
public final class EventRecorder implements DomainListener {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final List<DomainEvent> events = new ArrayList<>();

    @Override
    public void onEvent(DomainEvent event) {
        lock.lock();
        try {
            events.add(event);
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What was heard of a domain so far. */
    public List<DomainStatus> of(UUID vmId) {
        lock.lock();
        try {
            return events.stream()
                    .filter(event -> event.vmId().equals(vmId))
                    .map(DomainEvent::status)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the domain has been in that state. */
    public DomainStatus await(UUID vmId, DomainState state) {
        return await(vmId, status -> status.state() == state, state.name());
    }

    private DomainStatus await(UUID vmId, Predicate<DomainStatus> wanted, String what) {
        lock.lock();
        try {
            long left = PATIENCE.toNanos();
            while (left > 0) {
                var found = of(vmId).stream().filter(wanted).findFirst();
                if (found.isPresent()) {
                    return found.get();
                }
                left = arrived.awaitNanos(left);
            }
            throw new AssertionError(vmId + " did not become " + what + "; heard of: " + of(vmId));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + what, e);
        } finally {
            lock.unlock();
        }
    }
}
