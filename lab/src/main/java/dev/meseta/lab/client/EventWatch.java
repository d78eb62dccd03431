package dev.meseta.lab.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The event stream as a browser has it open. */
public final class EventWatch implements AutoCloseable {

    private static final String DATA = "data: ";

    private final InputStream stream;
    private final Thread reader;

    /**
     * Returns when the stream is open: whatever happens from then on is heard.
     *
     * @param listener called with every event, on a thread of this watch
     */
    public EventWatch(MesetaClient client, Consumer<JsonNode> listener) {
        stream = client.open("/events/stream");
        BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
        // The first event says that it is open.
        awaitReady(lines);
        reader = Thread.ofPlatform().daemon().name("event-watch").start(() -> read(lines, listener));
    }

    private static void awaitReady(BufferedReader lines) {
        try {
            String line = lines.readLine();
            while (line != null && !line.startsWith(DATA)) {
                line = lines.readLine();
            }
        } catch (IOException e) {
            throw new IllegalStateException("the event stream ended at once", e);
        }
    }

    private static void read(BufferedReader lines, Consumer<JsonNode> listener) {
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(DATA)) {
                    listener.accept(JsonMapper.shared().readTree(line.substring(DATA.length())));
                }
            }
        } catch (IOException closed) {
            // By close(), or by the manager's end: isOpen() tells.
        }
    }

    /** Whether the manager still sends. */
    public boolean isOpen() {
        return reader.isAlive();
    }

    @Override
    public void close() {
        try {
            stream.close();
        } catch (IOException e) {
            throw new IllegalStateException("the event stream cannot be closed", e);
        }
        reader.interrupt();
    }
}
