package dev.meseta.manager.console;

import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A browser's end of a console. */
public final class Screen implements WebSocket.Listener {

    /** Guarded by itself. */
    private final StringBuilder seen = new StringBuilder();

    private final CompletableFuture<String> closed = new CompletableFuture<>();

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
        synchronized (seen) {
            seen.append(StandardCharsets.UTF_8.decode(data));
            seen.notifyAll();
        }
        socket.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
        closed.complete(reason);
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        closed.completeExceptionally(error);
    }

    /** Waits until this was shown. */
    public void awaitText(String text) throws InterruptedException {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        synchronized (seen) {
            while (seen.indexOf(text) < 0) {
                if (System.nanoTime() > giveUp) {
                    throw new AssertionError("shown: " + seen);
                }
                seen.wait(100);
            }
        }
    }

    /** The reason with which the manager closed it. */
    public String closeReason() throws InterruptedException {
        try {
            return closed.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("it was not closed", e);
        }
    }
}
