package dev.meseta.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.platform.commons.util.Preconditions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Keycloak itself, as Maven has unpacked it, with the realm that comes with Meseta and two people in it. */
final class RealKeycloak implements AutoCloseable {

    static final String CLIENT_SECRET = "secret-of-the-test";
    static final String PASSWORD = "a password of the test";
    static final String OTP_SECRET = "abcdefghij1234567890";

    private static final String ADMIN = "test-admin";
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Path UNPACKED = Path.of("target", "keycloak");
    private static final Path REALM = Path.of("..", "docs", "operations", "keycloak", "meseta-realm.json");
    /** The first start builds what later ones use, and this machine may be doing something else. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final HttpClient http = HttpClient.newHttpClient();
    private final int port;
    private final Path home;
    private final Path log;
    private Optional<Process> process = Optional.empty();

    RealKeycloak() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        home = home().orElseThrow(() -> new IllegalStateException("run with -Dmeseta.keycloak.skip=false"));
        log = home.resolve("test.log");
    }

    static Optional<Path> home() throws IOException {
        if (!Files.isDirectory(UNPACKED)) {
            return Optional.empty();
        }
        try (Stream<Path> folders = Files.list(UNPACKED)) {
            return folders.filter(folder -> Files.exists(folder.resolve("bin/kc.sh")))
                    .findFirst()
                    .map(Path::toAbsolutePath);
        }
    }

    String base() {
        return "http://localhost:" + port;
    }

    String issuer() {
        return base() + "/realms/meseta";
    }

    void start(String managerUrl, Path managerCa) throws IOException {
        deleteAll(home.resolve("data"));
        Files.createDirectories(home.resolve("data/import"));
        ObjectNode realm = (ObjectNode) JSON.readTree(Files.readString(REALM));
        ArrayNode users = realm.putArray("users");
        users.add(JSON.readTree("""
                {"username":"anna","enabled":true,"email":"anna@example.org","emailVerified":true,"firstName":"Anna",
                 "lastName":"A","groups":["/meseta-superusers"],"credentials":[{"type":"password","value":"%s"},
                 {"type":"otp","secretData":"{\\"value\\":\\"%s\\"}","credentialData":
                  "{\\"subType\\":\\"totp\\",\\"digits\\":6,\\"counter\\":0,\\"period\\":30,\\"algorithm\\":\\"HmacSHA1\\"}"}]}""".formatted(PASSWORD, OTP_SECRET)));
        users.add(JSON.readTree("""
                {"username":"bert","enabled":true,"email":"bert@example.org","emailVerified":true,"firstName":"Bert",
                 "lastName":"B","credentials":[{"type":"password","value":"%s"}]}""".formatted(PASSWORD)));
        Files.writeString(home.resolve("data/import/meseta-realm.json"), JSON.writeValueAsString(realm));
        ProcessBuilder builder = new ProcessBuilder(
                        "bash",
                        home.resolve("bin/kc.sh").toString(),
                        "start",
                        "--import-realm",
                        "--db=dev-file",
                        "--cache=local",
                        "--http-enabled=true",
                        "--http-host=127.0.0.1",
                        "--http-port=" + port,
                        "--hostname=" + base(),
                        "--truststore-paths=" + managerCa.toAbsolutePath())
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(log.toFile());
        Map<String, String> environment = builder.environment();
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("MESETA_URL", managerUrl);
        environment.put("MESETA_CLIENT_SECRET", CLIENT_SECRET);
        environment.put("KC_BOOTSTRAP_ADMIN_USERNAME", ADMIN);
        environment.put("KC_BOOTSTRAP_ADMIN_PASSWORD", PASSWORD);
        Process started = builder.start();
        process = Optional.of(started);
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (!answers()) {
            Preconditions.condition(started.isAlive(), () -> "Keycloak has ended:\n" + logged());
            Preconditions.condition(System.nanoTime() < giveUp, () -> "Keycloak does not answer:\n" + logged());
            LockSupport.parkNanos(200_000_000);
        }
    }

    private boolean answers() {
        try {
            return send(HttpRequest.newBuilder(URI.create(issuer()))).statusCode() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private String logged() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.timeout(Duration.ofSeconds(60)).build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    JsonNode post(String path, Map<String, String> fields) {
        HttpResponse<String> response = send(HttpRequest.newBuilder(URI.create(base() + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form(fields))));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    /** As an administrator of Keycloak's. */
    JsonNode admin(String method, String path) {
        String token = post(
                        "/realms/master/protocol/openid-connect/token",
                        Map.of(
                                "grant_type",
                                "password",
                                "client_id",
                                "admin-cli",
                                "username",
                                ADMIN,
                                "password",
                                PASSWORD))
                .path("access_token")
                .asString();
        HttpResponse<String> response = send(HttpRequest.newBuilder(URI.create(base() + "/admin/realms/meseta" + path))
                .header("Authorization", "Bearer " + token)
                .method(method, BodyPublishers.noBody()));
        assertThat(response.statusCode()).as(response.body()).isLessThan(300);
        return JSON.readTree(response.body().isEmpty() ? "{}" : response.body());
    }

    String userId(String username) {
        return admin("GET", "/users?exact=true&username=" + username)
                .get(0)
                .path("id")
                .asString();
    }

    @Override
    public void close() throws IOException {
        if (process.isPresent()) {
            List<ProcessHandle> all = Stream.concat(
                            process.get().toHandle().descendants(),
                            Stream.of(process.get().toHandle()))
                    .toList();
            all.forEach(ProcessHandle::destroyForcibly);
            try {
                boolean unused = process.get().waitFor(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        deleteAll(home.resolve("data"));
    }

    private static void deleteAll(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
