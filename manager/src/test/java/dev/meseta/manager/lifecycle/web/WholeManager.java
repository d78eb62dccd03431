package dev.meseta.manager.lifecycle.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ManagerApplication;
import dev.meseta.manager.agents.AgentOperation;
import dev.meseta.manager.agents.AgentOperationChanged;
import dev.meseta.manager.database.TestPostgres;
import dev.meseta.manager.fakes.FakeHostAgents;
import dev.meseta.manager.fakes.FakeRows;
import dev.meseta.manager.inventory.Clusters;
import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.inventory.HostStatus;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.inventory.Observations;
import dev.meseta.manager.inventory.Observations.DomainObservation;
import dev.meseta.manager.inventory.Observations.DomainState;
import dev.meseta.manager.inventory.Observations.HostReport;
import dev.meseta.manager.shared.UuidGenerator;
import dev.meseta.manager.storage.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The manager on a real database, over real HTTPS, with two hosts whose agents do at once what they are told. */
final class WholeManager implements AutoCloseable {

    private static final UUID ANOTHER_MANAGER = new UUID(0, 1);

    private final JsonMapper json = JsonMapper.builder().build();
    private final AtomicLong sequence = new AtomicLong();
    private final ExecutorService watch = Executors.newSingleThreadExecutor();
    private final ConfigurableApplicationContext manager;
    private final HttpClient http;
    private final URI base;
    private final String token;
    final FakeHostAgents agents;
    final UUID image;

    WholeManager(Path stateFolder) throws IOException, GeneralSecurityException {
        var database = TestPostgres.create();
        manager = new SpringApplicationBuilder(ManagerApplication.class, Agents.class)
                .run(
                        "--meseta.state-dir=" + stateFolder,
                        "--meseta.public-address=127.0.0.1",
                        "--meseta.grpc.listen=127.0.0.1:0",
                        "--server.port=0",
                        "--meseta.database.url=" + database.jdbcUrl(),
                        "--meseta.database.username=" + database.username(),
                        "--meseta.database.password=" + database.password());
        agents = manager.getBean(FakeHostAgents.class);
        agents.whenBegun((host, operation) -> watch.execute(() -> agents.finishOne(host, operation.operationId())));
        agents.listener(this::report);
        JsonNode access = json.readTree(Files.readString(stateFolder.resolve("access.json")));
        base = URI.create(access.get("url").asString() + "/api/v1/");
        token = Files.readString(Path.of(access.get("tokenFile").asString())).strip();
        http = HttpClient.newBuilder()
                .sslContext(trusting(Path.of(access.get("caFile").asString())))
                .build();
        image = storeImage();
    }

    /** The agents of this manager. */
    @Configuration(proxyBeanMethods = false)
    static class Agents {

        @Bean
        @Primary
        FakeHostAgents fakeHostAgents() {
            return new FakeHostAgents(new FakeRows());
        }
    }

    /** A host that is UP. */
    UUID addHost(String name) {
        UUID id = manager.getBean(UuidGenerator.class).next();
        manager.getBean(TransactionOperations.class).executeWithoutResult(status -> register(id, name));
        Observations observations = manager.getBean(Observations.class);
        observations.hostDescribed(
                id,
                new HostReport(
                        "boot",
                        "agent",
                        sequence.incrementAndGet(),
                        Instant.EPOCH,
                        "1",
                        name,
                        "6",
                        "9",
                        "7",
                        4,
                        "cpu",
                        8L << 30,
                        "TCG",
                        List.of(),
                        List.<Host.Condition>of(),
                        "127.0.0.1:1",
                        "127.0.0.1"));
        observations.hostStatus(id, HostStatus.UP, "");
        return id;
    }

    /** Watched by another manager, so that this one does not look for an agent that is not there. */
    private void register(UUID id, String name) {
        JdbcClient jdbc = manager.getBean(JdbcClient.class);
        manager.getBean(Hosts.class)
                .register(id, manager.getBean(Clusters.class).defaultCluster().id(), name, "127.0.0.1:1", "127.0.0.1");
        jdbc.sql("""
                        INSERT INTO manager_member VALUES (:other, 1, 'elsewhere', now(), now(), 'infinity', 1, NULL)
                        ON CONFLICT DO NOTHING""").param("other", ANOTHER_MANAGER).update();
        jdbc.sql("""
                        INSERT INTO host_ownership (host_id, manager_id, incarnation, epoch, connected)
                        VALUES (:host, :other, 1, 1, true)""").param("host", id).param("other", ANOTHER_MANAGER).update();
    }

    private UUID storeImage() {
        UUID id = manager.getBean(UuidGenerator.class).next();
        UUID domain = manager.getBean(Storage.class).domains().getFirst().id();
        manager.getBean(JdbcClient.class).sql("""
                        INSERT INTO image (id, storage_domain_id, name, status, virtual_size_bytes, created_at)
                        VALUES (?, ?, 'debian', 'READY', 536870912, now())""").params(id, domain).update();
        return id;
    }

    /** As the watch of a host: first what became of the domain, then the operation. */
    private void report(UUID hostId, AgentOperation operation) {
        if (operation.kind().startsWith("domain.") || operation.kind().equals("migration.start")) {
            UUID vm = UUID.fromString(operation.targetId());
            for (UUID host : agents.hostsRunning(vm)) {
                observe(host, vm, DomainState.valueOf(agents.stateOn(host, vm)), "");
            }
            if (agents.hostsRunning(vm).isEmpty()) {
                observe(hostId, vm, DomainState.GONE, "DESTROYED");
            }
        }
        manager.publishEvent(new AgentOperationChanged(hostId, operation));
    }

    private void observe(UUID hostId, UUID vm, DomainState state, String reason) {
        manager.getBean(Observations.class)
                .domain(
                        hostId,
                        new DomainObservation(
                                vm,
                                state,
                                reason,
                                false,
                                "agent",
                                sequence.incrementAndGet(),
                                Instant.EPOCH.plusSeconds(sequence.get())));
    }

    /** An answer of the REST API. */
    record Answer(int status, HttpResponse<String> response, JsonNode body) {

        String code() {
            return body.path("code").asString("");
        }
    }

    Answer get(String path) {
        return send(request(path).GET());
    }

    Answer post(String path, String body, String... headers) {
        HttpRequest.Builder request =
                request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    Answer delete(String path) {
        return send(request(path).DELETE());
    }

    Answer patch(String path, String body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .method("PATCH", BodyPublishers.ofString(body)));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path)).header("Authorization", "Bearer " + token);
    }

    private Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
            String text = response.body();
            return new Answer(response.statusCode(), response, json.readTree(text.isEmpty() ? "{}" : text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits for a task's end, which the manager needs no time for but its own. */
    JsonNode ended(Answer accepted) {
        assertThat(accepted.status()).as(accepted.body().toString()).isEqualTo(202);
        String location = accepted.response().headers().firstValue("Location").orElseThrow();
        assertThat(location)
                .isEqualTo("/api/v1/tasks/" + accepted.body().get("id").asString());
        long giveUp = System.nanoTime() + 20_000_000_000L;
        while (true) {
            JsonNode task = get(location).body();
            if (!task.get("finishedAt").isNull()) {
                return task;
            }
            assertThat(System.nanoTime()).as("task %s", task).isLessThan(giveUp);
            LockSupport.parkNanos(10_000_000);
        }
    }

    private static SSLContext trusting(Path caFile) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(caFile)) {
            store.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    @Override
    public void close() {
        manager.close();
        watch.shutdownNow();
    }
}
