package dev.meseta.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.database.TestPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A whole manager that has an identity provider. */
final class ProviderManager implements AutoCloseable {

    private static final String SUPERUSER = "00000000-0000-7000-8000-000000000001";
    private static final AtomicInteger ADDRESS = new AtomicInteger();

    private final Path state;
    private final ConfigurableApplicationContext context;

    ProviderManager(Path folder, String name, TestPostgres.Database database, String issuer, String... more) {
        state = folder.resolve(name);
        List<String> arguments = new ArrayList<>(List.of(
                "--meseta.state-dir=" + state,
                "--meseta.sealing-key-file=" + folder.resolve("sealing.key"),
                "--meseta.grpc.listen=127.0.0.1:0",
                "--meseta.identity.oidc.issuer=" + issuer,
                "--server.port=0",
                "--spring.datasource.hikari.maximum-pool-size=6",
                "--meseta.database.url=" + database.jdbcUrl(),
                "--meseta.database.username=" + database.username(),
                "--meseta.database.password=" + database.password()));
        arguments.addAll(List.of(more));
        context = new SpringApplicationBuilder(ManagerApplication.class).run(arguments.toArray(String[]::new));
    }

    int port() {
        return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    String url() {
        return "https://localhost:" + port();
    }

    Path caFile() {
        return state.resolve("ca.pem");
    }

    String secret(String file) {
        try {
            return Files.readString(state.resolve(file)).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JdbcClient jdbc() {
        return context.getBean(JdbcClient.class);
    }

    /** From an address of its own, so that nobody is told of too many requests. */
    ApiClient nobody() {
        return new ApiClient(
                port(), caFile(), InetAddress.ofLiteral("127.0.9." + (ADDRESS.incrementAndGet() % 250 + 1)));
    }

    ApiClient api() {
        return nobody().withHeader("Authorization", "Bearer " + secret("admin.token"));
    }

    Browser browser() {
        return new Browser(nobody());
    }

    /** A group of Meseta's that is the provider's of this id, and may do everything. */
    String superusers(String externalId) {
        ApiClient.Answer group = api().post(
                        "/groups",
                        "{\"name\":\"group-%s\",\"externalId\":\"%s\"}".formatted(UUID.randomUUID(), externalId));
        assertThat(group.status()).as(group.text()).isEqualTo(201);
        String id = group.json().path("id").asString();
        ApiClient.Answer grant = api().post(
                        "/grants",
                        "{\"groupId\":\"%s\",\"roleId\":\"%s\",\"scopeKind\":\"SYSTEM\"}".formatted(id, SUPERUSER));
        assertThat(grant.status()).as(grant.text()).isEqualTo(201);
        return id;
    }

    /** Where a browser was told to go. */
    record Departure(URI url, Map<String, String> query) {

        String state() {
            return query.getOrDefault("state", "");
        }

        String nonce() {
            return query.getOrDefault("nonce", "");
        }
    }

    /** Somebody's browser with its cookies. */
    static final class Browser {

        private final ApiClient client;

        Browser(ApiClient client) {
            this.client = client;
        }

        ApiClient client() {
            return client;
        }

        String cookie() {
            return client.cookie("__Host-MESETA_BROWSER");
        }

        String session() {
            return client.cookie("MESETA_SESSION");
        }

        Departure begin() {
            return departure(client.post("/auth/oidc/begin", "{\"returnTo\":\"/vms\"}"));
        }

        Departure beginStepUp() {
            return departure(post("/auth/oidc/step-up", "{\"returnTo\":\"/vms\"}"));
        }

        private static Departure departure(ApiClient.Answer answer) {
            assertThat(answer.status()).as(answer.text()).isEqualTo(200);
            URI url = URI.create(answer.json().path("url").asString());
            return new Departure(url, FakeProvider.form(url.getRawQuery()));
        }

        ApiClient.Answer answer(String state, String code, @Nullable String issuer) {
            return client.post(
                    "/auth/oidc/answer",
                    "{\"state\":\"%s\",\"code\":\"%s\"%s}"
                            .formatted(state, code, issuer == null ? "" : ",\"iss\":\"" + issuer + "\""));
        }

        ApiClient.Answer post(String path, String json) {
            return client.post(path, json, "X-XSRF-TOKEN", client.cookie("XSRF-TOKEN"));
        }

        int sessionStatus() {
            return client.get("/auth/session").status();
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
