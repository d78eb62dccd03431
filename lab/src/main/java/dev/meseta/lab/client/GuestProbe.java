package dev.meseta.lab.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks the lab's guest for its status over and over and remembers what a guest must never do: another boot id, a counter
 * that goes back. Also the largest time without an answer.
 */
public final class GuestProbe implements AutoCloseable {

    private static final int OK = 200;
    private static final Duration INTERVAL = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final Duration BOOT_PATIENCE = Duration.ofSeconds(5);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofMillis(500))
            .build();
    private final String address;
    private final URI status;
    private final List<String> violations = new ArrayList<>();
    private volatile boolean stopped;
    private Optional<Status> last = Optional.empty();
    private long lastAnswerNanos;
    private long largestGapNanos;
    private long answers;
    private final Thread thread;

    /** Starts to ask at once. */
    public GuestProbe(String address) {
        this.address = address;
        this.status = URI.create("http://" + address + "/status");
        this.thread =
                Thread.ofPlatform().daemon().name("guest-probe " + address).start(this::run);
    }

    /** What the guest says of itself. */
    public record Status(String name, String bootId, long counter) {}

    /** Waits for the first answer. */
    public Status awaitAnswer(Duration atMost) throws TimeoutException {
        return awaitCounterAbove(-1, atMost);
    }

    /** Waits until the counter has passed a value: the guest runs now. */
    public synchronized Status awaitCounterAbove(long counter, Duration atMost) throws TimeoutException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (last.isEmpty() || last.get().counter() <= counter) {
            long remaining = deadline - System.nanoTime();
            if (remaining <= 0) {
                throw new TimeoutException("%s did not answer with a counter above %d within %s; last: %s"
                        .formatted(status, counter, atMost, last));
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, remaining);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for the guest", e);
            }
        }
        return last.get();
    }

    /** Lets the guest rewrite a region of its memory at a rate; 0 MiB stops it. */
    public void dirtyMemory(int mebibytes, int mebibytesPerSecond) {
        JsonNode unused = tell("dirty?mib=%d&rate=%d".formatted(mebibytes, mebibytesPerSecond));
    }

    /**
     * Lets the guest ask another one for its status, each time on a TCP connection of its own to port 80.
     *
     * @return how often it was answered
     */
    public int talkTo(String otherAddress, int times) {
        return tell("talk?to=%s&times=%d".formatted(otherAddress, times))
                .required("answers")
                .intValue();
    }

    private JsonNode tell(String what) {
        URI uri = URI.create("http://%s/cgi-bin/%s".formatted(address, what));
        try {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofString());
            if (response.statusCode() != OK) {
                throw new IllegalStateException(uri + " answered " + response.statusCode());
            }
            return JsonMapper.shared().readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(uri + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the guest", e);
        }
    }

    /** What went wrong so far; empty is good. */
    public synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    public synchronized Duration largestGap() {
        return Duration.ofNanos(largestGapNanos);
    }

    public synchronized void resetLargestGap() {
        largestGapNanos = 0;
    }

    public synchronized long answers() {
        return answers;
    }

    @Override
    public void close() {
        stopped = true;
        thread.interrupt();
        http.shutdownNow();
    }

    private void run() {
        while (!stopped) {
            try {
                HttpRequest request = HttpRequest.newBuilder(status)
                        .timeout(answers() == 0 ? BOOT_PATIENCE : PATIENCE)
                        .build();
                HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
                if (response.statusCode() != OK) {
                    throw new IOException(status + " answered " + response.statusCode());
                }
                JsonNode answer = JsonMapper.shared().readTree(response.body());
                remember(new Status(
                        answer.required("name").stringValue(),
                        answer.required("bootId").stringValue(),
                        answer.required("counter").longValue()));
                TimeUnit.NANOSECONDS.sleep(INTERVAL.toNanos());
            } catch (IOException noAnswer) {
                // Expected while the guest boots (its server may be there before its counter) and at switch-over: it
                // counts as part of the gap.
                if (!pause()) {
                    return;
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** An emulated guest on a busy machine must not be buried under connections that nobody waits for any more. */
    private static boolean pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(INTERVAL.toNanos());
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private synchronized void remember(Status now) {
        last.ifPresent(before -> {
            if (!before.bootId().equals(now.bootId())) {
                violations.add("boot id changed from %s to %s: the guest was started again"
                        .formatted(before.bootId(), now.bootId()));
            } else if (now.counter() < before.counter()) {
                violations.add("counter went back from %d to %d".formatted(before.counter(), now.counter()));
            }
            largestGapNanos = Math.max(largestGapNanos, System.nanoTime() - lastAnswerNanos);
        });
        lastAnswerNanos = System.nanoTime();
        answers++;
        last = Optional.of(now);
        notifyAll();
    }
}
