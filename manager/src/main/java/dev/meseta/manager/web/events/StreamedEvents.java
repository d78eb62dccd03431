package dev.meseta.manager.web.events;

import dev.meseta.manager.shared.EventPublisher;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.web.internal.EventStore;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Keeps events in the database and shows them to watchers once they are committed. */
@Service
class StreamedEvents implements EventPublisher {

    private final EventStore store;
    private final EventHub hub;
    private final InstantSource clock;

    StreamedEvents(EventStore store, EventHub hub, InstantSource clock) {
        this.store = store;
        this.hub = hub;
        this.clock = clock;
    }

    @Override
    public void publish(EventDraft draft) {
        EventView event = store.insert(draft, clock.instant(), correlationId());
        if (TransactionSynchronizationManager.isSynchronizationActive()) {
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    hub.show(event);
                }
            });
        } else {
            hub.show(event);
        }
    }

    @Override
    public void publishVolatile(String kind, String objectKind, UUID objectId, Map<String, Object> data) {
        hub.show(new EventView(
                null, clock.instant(), kind, objectKind, objectId, Severity.INFO, "", "", correlationId(), data));
    }

    private static String correlationId() {
        return RequestContext.current().map(RequestContext::correlationId).orElse("");
    }
}
