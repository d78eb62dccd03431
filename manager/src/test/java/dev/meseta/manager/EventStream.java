package dev.meseta.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Reads one stream of server-sent events. */
public final class EventStream implements AutoCloseable {

    private final BufferedReader reader;

    public EventStream(HttpResponse<InputStream> response) {
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        reader = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    /** @param id empty: it has none */
    public record Received(String id, String kind, String data) {}

    /** Blocks until there is one. */
    public Received next() throws IOException {
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

    /** Skips what is about other objects. */
    public Received about(UUID object) throws IOException {
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
