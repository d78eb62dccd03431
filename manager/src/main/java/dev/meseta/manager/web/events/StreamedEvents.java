package dev.meseta.manager.web.events;

import dev.meseta.manager.shared.EventPublisher;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.shared.Topic;
import dev.meseta.manager.shared.Topics;
import dev.meseta.manager.web.internal.EventStore;
import dev.meseta.manager.web.internal.EventStore.NewEvent;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
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
        NewEvent event = new NewEvent(draft, clock.instant(), correlationId());
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            tell(store.insert(List.of(event)));
            return;
        }
        TransactionSynchronizationManager.getSynchronizations().stream()
                .filter(Pending.class::isInstance)
                .map(Pending.class::cast)
                .findFirst()
                .orElseGet(this::begin)
                .add(event);
    }

    private Pending begin() {
        Pending pending = new Pending();
        TransactionSynchronizationManager.registerSynchronization(pending);
        return pending;
    }

    /**
     * What one transaction publishes. It is written at the transaction's end in one statement, and what was said twice of
     * an object is said once.
     */
    private final class Pending implements TransactionSynchronization {

        private final Map<EventDraft, NewEvent> events = new LinkedHashMap<>();
        private long lastId;

        void add(NewEvent event) {
            // The last place: whoever reads the object then sees everything that was said before.
            events.remove(event.draft());
            events.put(event.draft(), event);
        }

        @Override
        public void beforeCommit(boolean readOnly) {
            lastId = store.insert(List.copyOf(events.values()));
        }

        @Override
        public void afterCommit() {
            tell(lastId);
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
