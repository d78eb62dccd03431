package dev.meseta.manager.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ManagerIntegrationTest;
import dev.meseta.manager.shared.EventPublisher;
import dev.meseta.manager.shared.EventPublisher.EventDraft;
import dev.meseta.manager.shared.UuidGenerator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The event stream as a browser reads it. */
class EventStreamTest extends ManagerIntegrationTest {

    @Autowired
    private EventPublisher events;

    @Autowired
    private UuidGenerator ids;

    @Autowired
    private PlatformTransactionManager transactions;

    private record Received(String id, String kind, String data) {}

    /** Reads one stream. */
    private static final class Stream implements AutoCloseable {
        private final BufferedReader reader;

        Stream(HttpResponse<InputStream> response) {
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
            reader = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
        }

        Received next() throws IOException {
            String id = "";
            String kind = "";
            String data = "";
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.isEmpty() && !kind.isEmpty()) {
                    return new Received(id, kind, data);
                } else if (line.startsWith("id: ")) {
                    id = line.substring("id: ".length());
                } else if (line.startsWith("event: ")) {
                    kind = line.substring("event: ".length());
                } else if (line.startsWith("data: ")) {
                    data = line.substring("data: ".length());
                }
            }
            throw new IOException("the stream ended");
        }

        /** Skips what other tests do meanwhile. */
        Received about(UUID object) throws IOException {
            Received received = next();
            while (!received.data().contains(object.toString())) {
                received = next();
            }
            return received;
        }

        @Override
        public void close() throws IOException {
            reader.close();
        }
    }

    private Stream open(String... headers) throws IOException {
        return new Stream(api.stream("/events/stream", headers));
    }

    @Test
    void it_begins_with_ready_and_shows_committed_events_only() throws IOException {
        UUID rolledBack = ids.next();
        UUID committed = ids.next();
        try (Stream stream = open()) {
            Received ready = stream.next();
            assertThat(ready.kind()).isEqualTo("stream.ready");
            assertThat(ready.id()).matches("\\d+");

            var transaction = new TransactionTemplate(transactions);
            transaction.executeWithoutResult(status -> {
                events.publish(EventDraft.changed("vm", rolledBack));
                status.setRollbackOnly();
            });
            transaction.executeWithoutResult(status -> events.publish(EventDraft.changed("vm", committed)));

            Received received = stream.next();
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
        try (Stream stream = open()) {
            stream.next();
            events.publish(EventDraft.changed("vm", seen));
            last = stream.about(seen).id();
        }
        events.publish(EventDraft.changed("host", missed));

        try (Stream stream = open("Last-Event-ID", last)) {
            assertThat(stream.about(missed).kind()).isEqualTo("host.changed");
        }
    }

    @Test
    void volatile_events_are_shown_without_an_id_and_not_kept() throws IOException {
        UUID task = ids.next();
        try (Stream stream = open()) {
            stream.next();
            events.publishVolatile("task.progress", "task", task, Map.of("percent", 40));
            Received received = stream.about(task);
            assertThat(received.id()).isEmpty();
            assertThat(received.data()).contains("\"percent\":40");
        }
        assertThat(api.get("/events?q=object:" + task).json().path("items").size())
                .isZero();
    }

    @Test
    void text_with_newlines_stays_one_event() throws IOException {
        UUID object = ids.next();
        try (Stream stream = open()) {
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
