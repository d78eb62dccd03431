package dev.meseta.manager;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Speaks to a manager as any program outside does: HTTPS, trusting only the manager's own authority. */
public final class ApiClient {

    static final ApiClient NOT_STARTED = new ApiClient();

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpClient http;
    private final String base;
    private final CookieManager cookies = new CookieManager();
    private final Map<String, String> headers = new LinkedHashMap<>();

    private ApiClient() {
        this.http = HttpClient.newHttpClient();
        this.base = "";
    }

    ApiClient(int port, Path caFile) {
        this(port, caFile, null);
    }

    /** @param localAddress of this machine, where the requests come from; null: wherever the system likes */
    ApiClient(int port, Path caFile, @Nullable InetAddress localAddress) {
        HttpClient.Builder builder = HttpClient.newBuilder();
        if (localAddress != null) {
            builder.localAddress(localAddress).version(HttpClient.Version.HTTP_1_1);
        }
        this.http = builder.sslContext(trusting(caFile))
                .cookieHandler(cookies)
                .connectTimeout(PATIENCE)
                .build();
        this.base = "https://localhost:" + port;
    }

    /** What came back. */
    public record Answer(int status, HttpResponse<String> response) {

        public String text() {
            return response.body();
        }

        public JsonNode json() {
            return JSON.readTree(response.body());
        }

        public String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        /** The problem's code, or nothing. */
        public String code() {
            return json().path("code").asString("");
        }
    }

    /** Sends this header with every request. */
    public ApiClient withHeader(String name, String value) {
        headers.put(name, value);
        return this;
    }

    public String cookie(String name) {
        return cookies.getCookieStore().getCookies().stream()
                .filter(cookie -> cookie.getName().equals(name))
                .map(HttpCookie::getValue)
                .findFirst()
                .orElse("");
    }

    public Answer get(String path, String... extraHeaders) {
        return send("GET", path, BodyPublishers.noBody(), extraHeaders);
    }

    public Answer post(String path, String json, String... extraHeaders) {
        return send("POST", path, BodyPublishers.ofString(json), extraHeaders);
    }

    public Answer patch(String path, String json, String... extraHeaders) {
        return send("PATCH", path, BodyPublishers.ofString(json), extraHeaders);
    }

    /** @param path below /api/v1, or absolute when it begins with two slashes */
    public Answer send(String method, String path, BodyPublisher body, String... extraHeaders) {
        HttpResponse<String> response = exchange(method, path, body, BodyHandlers.ofString(), extraHeaders);
        return new Answer(response.statusCode(), response);
    }

    /** A response whose body is read as it comes. */
    public HttpResponse<InputStream> stream(String path, String... extraHeaders) {
        return exchange("GET", path, BodyPublishers.noBody(), BodyHandlers.ofInputStream(), extraHeaders);
    }

    /**
     * Opens a WebSocket with this client's headers and cookies.
     *
     * @param path below /api/v1
     * @param protocols sub-protocols to offer, the wanted one first
     */
    public CompletableFuture<WebSocket> socket(
            String path, WebSocket.Listener listener, List<String> protocols, String... extraHeaders) {
        WebSocket.Builder builder = http.newWebSocketBuilder().connectTimeout(PATIENCE);
        headers.forEach(builder::header);
        for (int i = 0; i < extraHeaders.length; i += 2) {
            builder.header(extraHeaders[i], extraHeaders[i + 1]);
        }
        builder.subprotocols(
                protocols.getFirst(), protocols.subList(1, protocols.size()).toArray(String[]::new));
        return builder.buildAsync(URI.create(base.replace("https:", "wss:") + "/api/v1" + path), listener);
    }

    private <T> HttpResponse<T> exchange(
            String method,
            String path,
            BodyPublisher body,
            HttpResponse.BodyHandler<T> handler,
            String... extraHeaders) {
        String url = path.startsWith("//") ? base + path.substring(1) : base + "/api/v1" + path;
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).method(method, body);
        request.setHeader("Content-Type", "application/json");
        headers.forEach(request::setHeader);
        for (int i = 0; i < extraHeaders.length; i += 2) {
            request.setHeader(extraHeaders[i], extraHeaders[i + 1]);
        }
        try {
            return http.send(request.build(), handler);
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(method + " " + path, e);
        }
    }

    private static SSLContext trusting(Path caFile) {
        try (InputStream pem = Files.newInputStream(caFile)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
