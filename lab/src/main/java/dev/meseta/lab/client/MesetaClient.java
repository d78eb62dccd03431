package dev.meseta.lab.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The REST API as a program uses it: with an API token, trusting the manager's own authority alone. */
public final class MesetaClient implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Set<String> FINAL_STATES = Set.of("SUCCEEDED", "FAILED", "CANCELLED");
    private static final Duration RETRY_INTERVAL = Duration.ofMillis(100);
    private static final int LONGEST_WAIT_SECONDS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient http;
    private final List<URI> managers;
    private final AtomicInteger asked = new AtomicInteger();
    private final String token;
    private final Duration patience;

    /** @param base address of the manager without {@code /api/v1} */
    public MesetaClient(URI base, Path caFile, String token) {
        this(List.of(base), caFile, token);
    }

    /** @param managers addresses of managers of one database: when one does not answer, the next one is asked */
    public MesetaClient(List<URI> managers, Path caFile, String token) {
        this(managers, caFile, token, PATIENCE);
    }

    /** @param patience how long an answer may take */
    public MesetaClient(List<URI> managers, Path caFile, String token, Duration patience) {
        this.managers = List.copyOf(managers);
        this.token = token;
        this.patience = patience;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .sslContext(trusting(caFile))
                .build();
    }

    /** As {@code .meseta/access.json} says, see api.md. */
    public static MesetaClient fromAccessFile(Path accessFile) {
        return fromAccessFile(accessFile, PATIENCE);
    }

    /** As above; an answer may take so long. */
    public static MesetaClient fromAccessFile(Path accessFile, Duration patience) {
        try {
            JsonNode access = JSON.readTree(Files.readString(accessFile));
            List<URI> managers = access.has("urls")
                    ? access.required("urls")
                            .valueStream()
                            .map(url -> URI.create(url.stringValue()))
                            .toList()
                    : List.of(URI.create(access.required("url").stringValue()));
            return new MesetaClient(
                    managers,
                    Path.of(access.required("caFile").stringValue()),
                    Files.readString(Path.of(access.required("tokenFile").stringValue()))
                            .strip(),
                    patience);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + accessFile, e);
        }
    }

    public JsonNode get(String path) {
        return send("GET", path, null, Map.of()).expect(200);
    }

    /** Every item of a list, page by page. */
    public List<JsonNode> list(String path) {
        List<JsonNode> items = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = get(path + (path.contains("?") ? "&" : "?") + "limit=500"
                    + (cursor.isEmpty() ? "" : "&cursor=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8)));
            page.required("items").forEach(items::add);
            cursor = page.path("nextCursor").stringValue("");
        } while (!cursor.isEmpty());
        return items;
    }

    /** Any status is an answer; {@code body} null: no body. */
    public Answer send(
            String method, String path, @org.jspecify.annotations.Nullable Object body, Map<String, String> headers) {
        String text = body == null ? "" : body instanceof String raw ? raw : JSON.writeValueAsString(body);
        // A manager that nobody listens for has done nothing with the request: the next one may be given it.
        for (int attempt = 1; attempt < managers.size(); attempt++) {
            int manager = asked.get();
            try {
                return sendTo(manager, method, path, text, headers);
            } catch (UncheckedIOException e) {
                if (!(e.getCause() instanceof ConnectException)) {
                    throw e;
                }
            }
        }
        return sendTo(asked.get(), method, path, text, headers);
    }

    private Answer sendTo(int manager, String method, String path, String text, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        managers.get(manager % managers.size()).resolve("/api/v1" + path))
                .timeout(patience)
                .header("Authorization", "Bearer " + token)
                .method(method, text.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(text));
        if (!text.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        headers.forEach(request::setHeader);
        try {
            HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
            return new Answer(
                    method + " " + path,
                    response.statusCode(),
                    response.body(),
                    response.headers().map());
        } catch (IOException e) {
            // Whoever asks again, asks another one.
            boolean unused = asked.compareAndSet(manager, manager + 1);
            throw new UncheckedIOException(method + " " + path + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + method + " " + path, e);
        }
    }

    /** An answer that is read as it comes, for as long as it comes. */
    public InputStream open(String path) {
        HttpRequest request = HttpRequest.newBuilder(
                        managers.get(asked.get() % managers.size()).resolve("/api/v1" + path))
                .header("Authorization", "Bearer " + token)
                .build();
        try {
            HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
            if (response.statusCode() != 200) {
                throw new IllegalStateException("GET %s answered %d".formatted(path, response.statusCode()));
            }
            return response.body();
        } catch (IOException e) {
            throw new UncheckedIOException("GET " + path + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for GET " + path, e);
        }
    }

    /**
     * A WebSocket.
     *
     * @param protocols sub-protocols to offer, the wanted one first
     */
    WebSocket socket(String path, List<String> protocols, WebSocket.Listener listener) {
        URI http = managers.get(asked.get() % managers.size()).resolve(path);
        return this.http
                .newWebSocketBuilder()
                .header("Authorization", "Bearer " + token)
                .subprotocols(
                        protocols.getFirst(),
                        protocols.subList(1, protocols.size()).toArray(String[]::new))
                .buildAsync(URI.create("wss" + http.toString().substring("https".length())), listener)
                .join();
    }

    /** A mutation that must be accepted as a task; answers the task. */
    public JsonNode submit(String method, String path, @org.jspecify.annotations.Nullable Object body) {
        return send(
                        method,
                        path,
                        body,
                        Map.of("Idempotency-Key", UUID.randomUUID().toString()))
                .expect(202);
    }

    /** A mutation that must be accepted as a task; answers the task when it has succeeded, with one request as a rule. */
    public JsonNode submitAndAwait(
            String method, String path, @org.jspecify.annotations.Nullable Object body, Duration atMost)
            throws TimeoutException {
        long deadline = System.nanoTime() + atMost.toNanos();
        Answer answer = send(
                method,
                path,
                body,
                Map.of("Idempotency-Key", UUID.randomUUID().toString(), "Prefer", "wait=" + waitSeconds(deadline)));
        JsonNode task = answer.expect(answer.status() == 200 ? 200 : 202);
        return answer.status() == 200 ? succeeded(task) : awaitSuccess(task, atMost);
    }

    /** Waits until the task has ended, however it ended; rides out a manager that is away for a while. */
    public JsonNode awaitTask(String taskId, Duration atMost) throws TimeoutException {
        long deadline = System.nanoTime() + atMost.toNanos();
        JsonNode last = JSON.nullNode();
        while (System.nanoTime() < deadline) {
            try {
                last = get("/tasks/%s?waitSeconds=%d".formatted(taskId, waitSeconds(deadline)));
                if (FINAL_STATES.contains(last.required("state").stringValue())) {
                    return last;
                }
            } catch (UncheckedIOException managerAway) {
                last = JSON.valueToTree(Map.of("unreachable", String.valueOf(managerAway.getMessage())));
                pause(RETRY_INTERVAL);
            }
        }
        throw new TimeoutException("task " + taskId + " has not ended after " + atMost + "; last seen: " + last);
    }

    /** As {@link #awaitTask}, and it must have succeeded. */
    public JsonNode awaitSuccess(JsonNode task, Duration atMost) throws TimeoutException {
        return succeeded(awaitTask(task.required("id").stringValue(), atMost));
    }

    private static JsonNode succeeded(JsonNode ended) {
        if (!"SUCCEEDED".equals(ended.required("state").stringValue())) {
            throw new IllegalStateException("the task should have succeeded: " + ended.toPrettyString());
        }
        return ended;
    }

    @Override
    public void close() {
        http.close();
    }

    private static long waitSeconds(long deadline) {
        return Math.clamp(TimeUnit.NANOSECONDS.toSeconds(deadline - System.nanoTime()), 0, LONGEST_WAIT_SECONDS);
    }

    private static void pause(Duration duration) {
        try {
            TimeUnit.NANOSECONDS.sleep(duration.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a task", e);
        }
    }

    private static SSLContext trusting(Path caFile) {
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            trusted.setCertificateEntry(
                    "meseta",
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(caFile))));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("cannot trust the authority in " + caFile, e);
        }
    }

    /** Whatever the manager answered. */
    public record Answer(String request, int status, String body, Map<String, List<String>> headers) {

        public JsonNode json() {
            return JSON.readTree(body);
        }

        /** The body as JSON, when the status is the expected one. */
        public JsonNode expect(int expected) {
            if (status != expected) {
                throw new IllegalStateException(
                        "%s answered %d, not %d: %s".formatted(request, status, expected, body));
            }
            return json();
        }

        /** Code of a problem+json answer. */
        public String code() {
            return json().required("code").stringValue();
        }
    }
}
