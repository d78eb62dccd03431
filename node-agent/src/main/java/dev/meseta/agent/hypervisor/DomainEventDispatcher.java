package dev.meseta.agent.hypervisor;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/**
 * Delivers a driver's events to its listeners: in the order they were published, on one thread, and never the same status
 * of a domain twice in a row.
 */
public final class DomainEventDispatcher implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(DomainEventDispatcher.class.getName());

    private final ExecutorService executor;
    private final List<Registration> listeners = new CopyOnWriteArrayList<>();
    private final Map<UUID, DomainStatus> last = new HashMap<>();
    private boolean closed;

    /** @param threads makes the one thread that listeners are called on */
    public DomainEventDispatcher(ThreadFactory threads) {
        this.executor = Executors.newSingleThreadExecutor(threads);
    }

    public Subscription subscribe(DomainListener listener) {
        Registration registration = new Registration(listener);
        listeners.add(registration);
        return () -> listeners.remove(registration);
    }

    /** Delivers the status unless it is the one delivered last for that domain, or GONE of a domain never seen. */
    public synchronized void publish(DomainStatus status) {
        if (closed || !isNews(status)) {
            return;
        }
        DomainEvent event = new DomainEvent(status.vmId(), status);
        executor.execute(() -> deliver(event));
    }

    /** Takes a status as known without telling anybody, e.g. what a driver finds when it starts. */
    public synchronized void remember(DomainStatus status) {
        last.put(status.vmId(), status);
    }

    /** What listeners know to be here. */
    public synchronized List<DomainStatus> known() {
        return List.copyOf(last.values());
    }

    private boolean isNews(DomainStatus status) {
        if (status.state() == DomainState.GONE) {
            return last.remove(status.vmId()) != null;
        }
        return !status.equals(last.put(status.vmId(), status));
    }

    private void deliver(DomainEvent event) {
        for (Registration registration : listeners) {
            try {
                registration.listener.onEvent(event);
            } catch (RuntimeException e) {
                // One bad listener must not keep the event from the others.
                LOG.log(System.Logger.Level.ERROR, "A listener failed on " + event, e);
            }
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        executor.shutdown();
    }

    /** Has an identity of its own, so that closing one subscription leaves another of the same listener alone. */
    private static final class Registration {

        private final DomainListener listener;

        private Registration(DomainListener listener) {
            this.listener = listener;
        }
    }
}
