package dev.meseta.lab.stack;

import dev.meseta.lab.client.MesetaClient;
import dev.meseta.lab.process.Await;
import dev.meseta.lab.process.FileTrees;
import dev.meseta.lab.process.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Keycloak beside the managers, with the realm that comes with Meseta and one person in it. It goes on when this process
 * ends, and is found again by what is written down.
 */
public final class Keycloak {

    /** Who may do everything, by way of a group. */
    public static final String PERSON = "anna";

    private static final JsonMapper JSON = JsonMapper.shared();
    /** File in its folder: how people and programs get in. */
    static final String ACCESS = "access.json";

    private static final String ADMINISTRATOR = "admin";
    private static final int USUAL_PORT = 8180;
    private static final Path UNPACKED = Path.of("manager", "target", "keycloak");
    private static final Path REALM = Path.of("docs", "operations", "keycloak", "meseta-realm.json");
    private static final String IMPORTED = "data/import/meseta-realm.json";
    private static final int SECRET_BYTES = 16;
    /** From the registry that Maven is set up with: 200 MB. */
    private static final Duration DOWNLOAD_LIMIT = Duration.ofMinutes(10);
    /** The first start builds what later ones use. */
    private static final Duration START_LIMIT = Duration.ofMinutes(5);

    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
    /** Groups of the realm, and the seeded roles that go with them. */
    private static final Map<String, String> ROLE_OF_GROUP = Map.of(
            "meseta-superusers", "superuser",
            "meseta-data-center-administrators", "data-center-administrator",
            "meseta-vm-administrators", "vm-administrator",
            "meseta-operators", "operator",
            "meseta-console-users", "user-with-console",
            "meseta-security-auditors", "security-auditor",
            "meseta-read-only", "read-only");

    private final Path repository;
    private final Path folder;
    private final Path log;
    private final boolean anyPort;

    /**
     * @param repository root of the source tree, where the realm is
     * @param anyPort whether any free port will do, or the one people expect is wanted
     */
    Keycloak(Path repository, StateFolder state, boolean anyPort) {
        this.repository = repository;
        this.folder = state.keycloak();
        this.log = folder.resolveSibling("keycloak.log");
        this.anyPort = anyPort;
    }

    /** Whether this data center was ever to have one. */
    public boolean isWanted() {
        return Files.exists(portFile());
    }

    public Path log() {
        return log;
    }

    public String url() {
        return "http://localhost:" + read(portFile());
    }

    /** The running Keycloak; a process that merely has its old id is not it. */
    public Optional<ProcessHandle> running() {
        if (!Files.exists(recordFile())) {
            return Optional.empty();
        }
        JsonNode record = JSON.readTree(read(recordFile()));
        return ProcessHandle.of(record.required("pid").longValue())
                .filter(process ->
                        started(process).equals(record.required("started").stringValue()));
    }

    /** Whether its realm answers. */
    public boolean answers() {
        try (HttpClient http =
                HttpClient.newBuilder().connectTimeout(ANSWER_LIMIT).build()) {
            return http.send(
                                    HttpRequest.newBuilder(URI.create(issuer()))
                                            .timeout(ANSWER_LIMIT)
                                            .build(),
                                    BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Makes up what managers must know before they start. */
    void want() {
        if (isWanted()) {
            return;
        }
        try {
            Files.createDirectories(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            for (Path secret : List.of(clientSecret(), personPassword(), administratorPassword())) {
                byte[] bytes = new byte[SECRET_BYTES];
                new SecureRandom().nextBytes(bytes);
                Files.writeString(secret, HexFormat.of().formatHex(bytes) + "\n");
                Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
            }
            Files.writeString(portFile(), Integer.toString(freePort()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Settings of the managers, by their names as environment variables; none when there is no Keycloak. */
    Map<String, String> managerSettings() {
        return isWanted()
                ? Map.of(
                        "MESETA_IDENTITY_OIDC_ISSUER", issuer(),
                        "MESETA_IDENTITY_OIDC_NAME", "Keycloak",
                        "MESETA_IDENTITY_OIDC_CLIENTSECRETFILE", clientSecret().toString())
                : Map.of();
    }

    /**
     * Starts it where it does not run, and waits until the realm answers.
     *
     * @param managers addresses of their pages, the first one's first
     * @param authority what the managers' certificates come from
     * @throws IllegalStateException when it ends before
     */
    void start(List<String> managers, Path authority) {
        if (running().isEmpty()) {
            try {
                unpack();
                importRealm(managers);
                long pid = Programs.startDetached(command(authority), environment(managers), log);
                Files.writeString(
                        recordFile(),
                        JSON.writeValueAsString(JSON.createObjectNode()
                                .put("pid", pid)
                                .put(
                                        "started",
                                        ProcessHandle.of(pid)
                                                .map(Keycloak::started)
                                                .orElse(""))));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        Await.until("Keycloak (see " + log + ")", START_LIMIT, () -> {
            if (running().isEmpty()) {
                throw new IllegalStateException("Keycloak ended; the reason is in " + log);
            }
            return answers();
        });
        writeAccess();
    }

    /** Gives each group of the realm the role that it is named after, unless that was done before. */
    void introduce(MesetaClient client) {
        Set<String> known = client.list("/groups?limit=500").stream()
                .map(group -> group.path("externalId").stringValue(""))
                .collect(Collectors.toSet());
        Map<String, String> roles = client.list("/roles?limit=500").stream()
                .collect(Collectors.toMap(
                        role -> role.required("name").stringValue(),
                        role -> role.required("id").stringValue()));
        for (JsonNode group : realm().required("groups")) {
            String name = group.required("name").stringValue();
            String externalId = group.required("id").stringValue();
            String role = roles.get(ROLE_OF_GROUP.getOrDefault(name, ""));
            if (role == null || known.contains(externalId)) {
                continue;
            }
            JsonNode made = post(client, "/groups", Map.of("name", "keycloak-" + name, "externalId", externalId));
            JsonNode unused = post(
                    client,
                    "/grants",
                    Map.of(
                            "groupId",
                            made.required("id").stringValue(),
                            "roleId",
                            role,
                            "scopeKind",
                            "SYSTEM",
                            "effect",
                            "ALLOW"));
        }
    }

    private static JsonNode post(MesetaClient client, String path, Map<String, String> body) {
        return client.send(
                        "POST",
                        path,
                        body,
                        Map.of("Idempotency-Key", UUID.randomUUID().toString()))
                .expect(201);
    }

    void stop() {
        running().ifPresent(process -> {
            List<ProcessHandle> all =
                    Stream.concat(process.descendants(), Stream.of(process)).toList();
            all.forEach(ProcessHandle::destroy);
            try {
                Await.until(
                        "the end of Keycloak", STOP_LIMIT, () -> all.stream().noneMatch(ProcessHandle::isAlive));
            } catch (Await.AwaitTimeoutException stillThere) {
                all.forEach(ProcessHandle::destroyForcibly);
            }
        });
    }

    /** Its own copy: what it is told and what it remembers is kept inside. */
    private void unpack() throws IOException {
        if (Files.exists(program())) {
            return;
        }
        Optional<Path> unpacked = unpacked();
        if (unpacked.isEmpty()) {
            Programs.run(
                            new ProcessBuilder(
                                            repository.resolve("mvnw").toString(),
                                            "-q",
                                            "-B",
                                            "-pl",
                                            "manager",
                                            "dependency:unpack@keycloak",
                                            "-Dmeseta.keycloak.skip=false")
                                    .directory(repository.toFile()),
                            DOWNLOAD_LIMIT)
                    .orThrow();
            unpacked = unpacked();
        }
        Path source = unpacked.orElseThrow(
                () -> new IllegalStateException("Maven has unpacked no Keycloak in " + repository.resolve(UNPACKED)));
        FileTrees.delete(home());
        Programs.run("cp", "-a", "--", source.toString(), home().toString());
        FileTrees.delete(home().resolve("data"));
    }

    private Optional<Path> unpacked() throws IOException {
        Path parent = repository.resolve(UNPACKED);
        if (!Files.isDirectory(parent)) {
            return Optional.empty();
        }
        try (Stream<Path> folders = Files.list(parent)) {
            return folders.filter(each -> Files.exists(each.resolve("bin/kc.sh")))
                    .findFirst();
        }
    }

    /** Keycloak takes it in once: a realm that is there stays as it is. */
    private void importRealm(List<String> managers) throws IOException {
        ObjectNode realm = realm();
        ArrayNode answers = JSON.createArrayNode();
        managers.forEach(manager -> answers.add(manager + "/sign-in/answer"));
        for (JsonNode client : realm.required("clients")) {
            if (client.required("clientId").stringValue().equals("meseta")) {
                client.asObject().set("redirectUris", answers);
            }
        }
        ObjectNode person = realm.putArray("users")
                .addObject()
                .put("username", PERSON)
                .put("enabled", true)
                .put("email", PERSON + "@example.org")
                .put("emailVerified", true)
                .put("firstName", "Anna")
                .put("lastName", "Example");
        person.putArray("groups").add("/meseta-superusers");
        person.putArray("credentials").addObject().put("type", "password").put("value", read(personPassword()));
        Path file = home().resolve(IMPORTED);
        Files.createDirectories(file.getParent());
        Files.writeString(file, JSON.writeValueAsString(realm));
    }

    private List<String> command(Path authority) {
        return List.of(
                "bash",
                program().toString(),
                "start",
                "--import-realm",
                "--db=dev-file",
                "--cache=local",
                "--http-enabled=true",
                "--http-host=127.0.0.1",
                "--http-port=" + read(portFile()),
                "--hostname=" + url(),
                "--truststore-paths=" + authority.toAbsolutePath());
    }

    private Map<String, String> environment(List<String> managers) {
        return Map.of(
                "JAVA_HOME", System.getProperty("java.home"),
                "MESETA_URL", managers.getFirst(),
                "MESETA_CLIENT_SECRET", read(clientSecret()),
                "KC_BOOTSTRAP_ADMIN_USERNAME", ADMINISTRATOR,
                "KC_BOOTSTRAP_ADMIN_PASSWORD", read(administratorPassword()));
    }

    /** For {@link Managers#publishAccess}. */
    private void writeAccess() {
        ObjectNode access = JSON.createObjectNode()
                .put("url", url())
                .put("issuer", issuer())
                .put("username", PERSON)
                .put("passwordFile", personPassword().toString())
                .put("adminUsername", ADMINISTRATOR)
                .put("adminPasswordFile", administratorPassword().toString());
        try {
            Files.writeString(folder.resolve(ACCESS), JSON.writeValueAsString(access));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ObjectNode realm() {
        return JSON.readTree(read(repository.resolve(REALM))).asObject();
    }

    private String issuer() {
        return url() + "/realms/meseta";
    }

    private Path home() {
        return folder.resolve("home");
    }

    private Path program() {
        return home().resolve("bin/kc.sh");
    }

    private Path portFile() {
        return folder.resolve("port");
    }

    private Path recordFile() {
        return folder.resolve("process.json");
    }

    private Path clientSecret() {
        return folder.resolve("client.secret");
    }

    public Path personPassword() {
        return folder.resolve("person.password");
    }

    private Path administratorPassword() {
        return folder.resolve("admin.password");
    }

    private int freePort() throws IOException {
        if (!anyPort) {
            try (ServerSocket usual = new ServerSocket(USUAL_PORT, 1, InetAddress.getLoopbackAddress())) {
                return usual.getLocalPort();
            } catch (IOException taken) {
                // Another data center's: any other will do.
            }
        }
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String started(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toString).orElse("");
    }
}
