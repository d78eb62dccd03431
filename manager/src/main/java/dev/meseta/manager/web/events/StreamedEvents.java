package dev.meseta.manager.web.events;

import dev.meseta.manager.shared.EventPublisher;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.shared.Topic;
import dev.meseta.manager.shared.Topics;
import dev.meseta.manager.web.internal.EventStore;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Keeps events in the database, and says so to the feeds of all managers once they are committed. What is only shown goes to
 * the watchers of all managers as it is.
 */
@Service
class StreamedEvents implements EventPublisher {

    private final EventStore store;
    private final EventFeed feed;
    private final EventHub hub;
    private final InstantSource clock;
    private final Topic<Stored> stored;
    private final Topic<EventView> shown;

    StreamedEvents(EventStore store, EventFeed feed, EventHub hub, InstantSource clock, Topics topics) {
        this.store = store;
        this.feed = feed;
        this.hub = hub;
        this.clock = clock;
        stored = topics.topic("events.stored", Stored.class);
        stored.whenTold(message -> feed.tell());
        shown = topics.topic("events.shown", EventView.class);
        shown.whenTold(hub::show);
    }

    /** Events up to this one, or some of them, are in the database. */
    record Stored(long id) {}

    @Override
    public void publish(EventDraft draft) {
        long id = store.insert(draft, clock.instant(), correlationId());
        if (TransactionSynchronizationManager.isSynchronizationActive()) {
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    tell(id);
                }
            });
        } else {
            tell(id);
        }
    }

    private void tell(long id) {
        feed.tell();
        stored.tellOthers(new Stored(id));
    }

    @Override
    public void publishVolatile(String kind, String objectKind, UUID objectId, Map<String, Object> data) {
        EventView event = new EventView(
                null, clock.instant(), kind, objectKind, objectId, Severity.INFO, "", "", correlationId(), data);
        hub.show(event);
        shown.tellOthers(event);
    }

    private static String correlationId() {
        return RequestContext.current().map(RequestContext::correlationId).orElse("");
    }
}
