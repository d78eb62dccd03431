package dev.meseta.lab.client;

import dev.meseta.lab.process.Await;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Sits in front of a VM's console as a person does: sees all that is shown, and types. */
public final class ConsoleClient implements AutoCloseable, WebSocket.Listener {

    private final StringBuilder seen = new StringBuilder();
    private final WebSocket socket;
    private Optional<String> ended = Optional.empty();

    private ConsoleClient(MesetaClient client, JsonNode ticket) {
        socket = client.socket(
                ticket.required("path").stringValue(),
                List.of(
                        "meseta.console",
                        "meseta.ticket." + ticket.required("ticket").stringValue()),
                this);
    }

    /**
     * Gets a ticket and opens the console.
     *
     * @param kind VNC or SERIAL
     */
    public static ConsoleClient open(MesetaClient client, UUID vmId, String kind) {
        return new ConsoleClient(
                client,
                client.send("POST", "/vms/" + vmId + "/console", Map.of("kind", kind), Map.of())
                        .expect(201));
    }

    public void type(String text) {
        var unused = socket.sendBinary(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), true)
                .join();
    }

    /** Waits until this was shown since the console was opened. */
    public void awaitText(String text, Duration limit) {
        Await.until("the console to show " + text, limit, () -> {
            synchronized (seen) {
                return seen.indexOf(text) >= 0;
            }
        });
    }

    /** Waits until the manager ends it, and answers the reason. */
    public String awaitEnd(Duration limit) {
        return Await.result("the end of the console", limit, () -> {
            synchronized (seen) {
                return ended;
            }
        });
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        synchronized (seen) {
            seen.append(StandardCharsets.ISO_8859_1.decode(data));
        }
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
        synchronized (seen) {
            ended = Optional.of(reason);
        }
        return null;
    }

    @Override
    public void close() {
        socket.abort();
    }
}
