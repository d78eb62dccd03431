package dev.meseta.manager.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.EventStream;
import dev.meseta.manager.ManagerIntegrationTest;
import dev.meseta.manager.shared.EventPublisher;
import dev.meseta.manager.shared.EventPublisher.EventDraft;
import dev.meseta.manager.shared.UuidGenerator;
import dev.meseta.manager.web.internal.EventStore;
import dev.meseta.manager.web.internal.EventStore.NewEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/** The event stream as a browser reads it. */
class EventStreamTest extends ManagerIntegrationTest {

    @Autowired
    private EventPublisher events;

    /** Gives an event its id long before its transaction ends, as nothing else does. */
    @Autowired
    private EventStore store;

    @Autowired
    private InstantSource clock;

    @Autowired
    private UuidGenerator ids;

    @Autowired
    private PlatformTransactionManager transactions;

    private EventStream open(String... headers) {
        return new EventStream(api.stream("/events/stream", headers));
    }

    @Test
    void it_begins_with_ready_and_shows_committed_events_only() throws IOException {
        UUID rolledBack = ids.next();
        UUID committed = ids.next();
        try (EventStream stream = open()) {
            EventStream.Received ready = stream.next();
            assertThat(ready.kind()).isEqualTo("stream.ready");
            assertThat(ready.id()).matches("\\d+");

            var transaction = new TransactionTemplate(transactions);
            transaction.executeWithoutResult(status -> {
                events.publish(EventDraft.changed("vm", rolledBack));
                status.setRollbackOnly();
            });
            transaction.executeWithoutResult(status -> events.publish(EventDraft.changed("vm", committed)));

            EventStream.Received received = stream.next();
            while (!received.data().contains(committed.toString())) {
                assertThat(received.data()).doesNotContain(rolledBack.toString());
                received = stream.next();
            }
            assertThat(received.kind()).isEqualTo("vm.changed");
            assertThat(Long.parseLong(received.id())).isPositive();
        }
        assertThat(api.get("/events?q=object:" + rolledBack)
                        .json()
                        .path("items")
                        .size())
                .isZero();
        assertThat(api.get("/events?q=object:" + committed).json().path("items").size())
                .isEqualTo(1);
    }

    @Test
    void whoever_comes_back_gets_what_was_missed() throws IOException {
        UUID seen = ids.next();
        UUID missed = ids.next();
        String last;
        try (EventStream stream = open()) {
            stream.next();
            events.publish(EventDraft.changed("vm", seen));
            last = stream.about(seen).id();
        }
        events.publish(EventDraft.changed("host", missed));

        try (EventStream stream = open("Last-Event-ID", last)) {
            assertThat(stream.about(missed).kind()).isEqualTo("host.changed");
        }
    }

    @Test
    void an_event_whose_transaction_ends_later_is_not_lost_and_comes_in_its_place() throws IOException {
        UUID slow = ids.next();
        UUID quick = ids.next();
        try (EventStream stream = open()) {
            stream.next();
            new TransactionTemplate(transactions).executeWithoutResult(status -> {
                store.insert(List.of(new NewEvent(EventDraft.changed("vm", slow), clock.instant(), "")));
                // Has a higher id, and is there first.
                var other = new TransactionTemplate(transactions);
                other.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
                other.executeWithoutResult(inner -> events.publish(EventDraft.changed("vm", quick)));
            });

            long first = Long.parseLong(stream.about(slow).id());
            assertThat(Long.parseLong(stream.about(quick).id())).isGreaterThan(first);
        }
    }

    @Test
    void an_event_whose_transaction_takes_very_long_holds_nobody_back_and_is_not_lost() throws IOException {
        UUID slow = ids.next();
        UUID quick = ids.next();
        try (EventStream stream = open()) {
            stream.next();
            new TransactionTemplate(transactions).executeWithoutResult(status -> {
                store.insert(List.of(new NewEvent(EventDraft.changed("vm", slow), clock.instant(), "")));
                var other = new TransactionTemplate(transactions);
                other.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
                other.executeWithoutResult(inner -> events.publish(EventDraft.changed("vm", quick)));
                seen(stream, quick);
            });

            assertThat(stream.about(slow).kind()).isEqualTo("vm.changed");
        }
    }

    @Test
    void what_a_transaction_says_twice_of_an_object_is_said_once_and_last() {
        UUID vm = ids.next();
        UUID host = ids.next();
        new TransactionTemplate(transactions).executeWithoutResult(status -> {
            events.publish(EventDraft.changed("vm", vm));
            events.publish(EventDraft.changed("host", host));
            events.publish(EventDraft.changed("vm", vm));
        });

        long aboutVm = only("/events?q=object:" + vm);
        long aboutHost = only("/events?q=object:" + host);
        assertThat(aboutVm).isGreaterThan(aboutHost);
    }

    private long only(String path) {
        JsonNode items = api.get(path).json().path("items");
        assertThat(items).hasSize(1);
        return items.path(0).path("id").asLong();
    }

    private static void seen(EventStream stream, UUID object) {
        try {
            assertThat(stream.about(object).id()).isNotEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void volatile_events_are_shown_without_an_id_and_not_kept() throws IOException {
        UUID task = ids.next();
        try (EventStream stream = open()) {
            stream.next();
            events.publishVolatile("task.progress", "task", task, Map.of("percent", 40));
            EventStream.Received received = stream.about(task);
            assertThat(received.id()).isEmpty();
            assertThat(received.data()).contains("\"percent\":40");
        }
        assertThat(api.get("/events?q=object:" + task).json().path("items").size())
                .isZero();
    }

    @Test
    void text_with_newlines_stays_one_event() throws IOException {
        UUID object = ids.next();
        try (EventStream stream = open()) {
            stream.next();
            events.publish(new EventDraft(
                    "vm.changed",
                    "vm",
                    object,
                    EventPublisher.Severity.WARNING,
                    "",
                    "first\n\nevent: forged\ndata: x",
                    Map.of()));
            assertThat(stream.about(object).kind()).isEqualTo("vm.changed");
        }
    }

    @Test
    void a_bad_last_event_id_and_nobody_are_refused() {
        assertThat(api.get("/events/stream", "Last-Event-ID", "x").status()).isEqualTo(400);
        assertThat(anonymous().get("/events/stream").status()).isEqualTo(401);
    }
}
