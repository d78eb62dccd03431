package dev.meseta.agent.domain;

import dev.meseta.agent.hypervisor.DomainEvent;
import dev.meseta.agent.hypervisor.DomainListener;
import dev.meseta.agent.hypervisor.DomainState;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Hears the hypervisor's events once, and lets operations wait for a domain to be gone. */
public final class DomainEvents implements DomainListener {

    private final Consumer<DomainEvent> observer;
    private final Map<UUID, List<CompletableFuture<DomainEvent>>> waiting = new ConcurrentHashMap<>();

    /** @param observer gets every event */
    public DomainEvents(Consumer<DomainEvent> observer) {
        this.observer = observer;
    }

    @Override
    public void onEvent(DomainEvent event) {
        observer.accept(event);
        if (event.status().state() == DomainState.GONE) {
            waiting.getOrDefault(event.vmId(), List.of()).forEach(future -> future.complete(event));
        }
    }

    /** Completes when the domain leaves or ends, from now on. Close it when no longer needed. */
    public Departure departureOf(UUID vmId) {
        CompletableFuture<DomainEvent> future = new CompletableFuture<>();
        waiting.computeIfAbsent(vmId, id -> new CopyOnWriteArrayList<>()).add(future);
        return new Departure(vmId, future);
    }

    /** Waiting for one domain to be gone. */
    public final class Departure implements AutoCloseable {

        private final UUID vmId;
        private final CompletableFuture<DomainEvent> event;

        private Departure(UUID vmId, CompletableFuture<DomainEvent> event) {
            this.vmId = vmId;
            this.event = event;
        }

        public CompletableFuture<DomainEvent> event() {
            return event;
        }

        @Override
        public void close() {
            waiting.computeIfPresent(vmId, (id, futures) -> {
                futures.removeIf(event::equals);
                return futures.isEmpty() ? null : futures;
            });
        }
    }
}
