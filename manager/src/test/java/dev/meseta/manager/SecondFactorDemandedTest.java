package dev.meseta.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.database.TestPostgres;
import dev.meseta.manager.identity.SeededRole;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** A whole manager with {@code meseta.identity.mfa=REQUIRED}. */
@Tag("integration")
class SecondFactorDemandedTest {

    @TempDir
    private static Path state;

    private static ConfigurableApplicationContext context = new GenericApplicationContext();

    @BeforeAll
    static void start() {
        TestPostgres.Database database = TestPostgres.create();
        context = new SpringApplicationBuilder(ManagerApplication.class)
                .run(
                        "--meseta.state-dir=" + state,
                        "--meseta.identity.mfa=REQUIRED",
                        "--meseta.grpc.listen=127.0.0.1:0",
                        "--meseta.membership.talk=false",
                        "--server.port=0",
                        "--spring.datasource.hikari.maximum-pool-size=6",
                        "--meseta.database.url=" + database.jdbcUrl(),
                        "--meseta.database.username=" + database.username(),
                        "--meseta.database.password=" + database.password());
    }

    @AfterAll
    static void stop() {
        context.close();
    }

    private static ApiClient nobody() {
        return new ApiClient(
                context.getEnvironment().getRequiredProperty("local.server.port", Integer.class),
                state.resolve("ca.pem"));
    }

    private static String secret(String file) throws IOException {
        return Files.readString(state.resolve(file)).strip();
    }

    private static ApiClient.Answer post(ApiClient browser, String path, String body) {
        return browser.post(path, body, "X-XSRF-TOKEN", browser.cookie("XSRF-TOKEN"));
    }

    @Test
    void whoever_has_no_second_factor_can_do_nothing_but_enrol_one_and_keeps_it() throws IOException {
        String password = "{\"username\":\"admin\",\"password\":\"%s\"}".formatted(secret("admin.password"));
        ApiClient browser = nobody();
        ApiClient.Answer in = browser.post("/auth/login", password);
        assertThat(in.status()).isEqualTo(200);
        assertThat(in.json().path("mustEnrol").asBoolean()).isTrue();
        assertThat(browser.get("/auth/session").json().path("mustEnrol").asBoolean())
                .isTrue();

        for (String closed :
                new String[] {"/vms", "/hosts", "/sessions", "/tokens", "/users", "/events", "/openapi.json"}) {
            ApiClient.Answer refused = browser.get(closed);
            assertThat(refused.status()).as(closed).isEqualTo(403);
            assertThat(refused.code()).as(closed).isEqualTo("MFA_ENROLMENT_REQUIRED");
        }
        assertThat(post(browser, "/tokens", "{\"name\":\"t\",\"expiresAt\":\"2999-01-01T00:00:00Z\"}")
                        .code())
                .as("no way around it")
                .isEqualTo("MFA_ENROLMENT_REQUIRED");

        ApiClient other = nobody();
        other.post("/auth/login", password);
        String secret = post(browser, "/account/totp", "").json().path("secret").asString();
        String first = "{\"code\":\"%s\"}".formatted(AuthenticatorApp.code(secret, -1));
        ApiClient.Answer enrolled = post(browser, "/account/totp/confirm", first);
        assertThat(enrolled.status()).as(enrolled.text()).isEqualTo(200);
        assertThat(enrolled.json().path("recoveryCodes").size()).isEqualTo(10);
        assertThat(browser.get("/auth/session").json().path("mustEnrol").asBoolean())
                .isFalse();
        assertThat(browser.get("/vms").status()).isEqualTo(200);

        ApiClient.Answer removed = browser.send(
                "DELETE", "/account/totp", BodyPublishers.noBody(), "X-XSRF-TOKEN", browser.cookie("XSRF-TOKEN"));
        assertThat(removed.code()).isEqualTo("FACTOR_REQUIRED");
        assertThat(nobody().post("/auth/login", password)
                        .json()
                        .path("mfaRequired")
                        .toString())
                .isEqualTo("[\"TOTP\",\"RECOVERY_CODE\"]");
    }

    @Test
    void a_role_can_demand_one_of_whoever_holds_it_and_of_nobody_else() throws IOException {
        Path folder = Files.createTempDirectory("meseta-role-demands");
        TestPostgres.Database database = TestPostgres.create();
        try (ConfigurableApplicationContext manager = new SpringApplicationBuilder(ManagerApplication.class)
                .run(
                        "--meseta.state-dir=" + folder,
                        "--meseta.identity.mfa-roles=security-auditor,operator",
                        "--meseta.grpc.listen=127.0.0.1:0",
                        "--meseta.membership.talk=false",
                        "--server.port=0",
                        "--spring.datasource.hikari.maximum-pool-size=6",
                        "--meseta.database.url=" + database.jdbcUrl(),
                        "--meseta.database.username=" + database.username(),
                        "--meseta.database.password=" + database.password())) {
            ApiClient stranger = new ApiClient(
                    manager.getEnvironment().getRequiredProperty("local.server.port", Integer.class),
                    folder.resolve("ca.pem"));
            ApiClient api = stranger.withHeader(
                    "Authorization",
                    "Bearer " + Files.readString(folder.resolve("admin.token")).strip());
            ApiClient browser = new ApiClient(
                    manager.getEnvironment().getRequiredProperty("local.server.port", Integer.class),
                    folder.resolve("ca.pem"));
            String credentials = "{\"username\":\"ana\",\"password\":\"walking slowly home\"}";
            ApiClient.Answer made = api.post("/users", credentials.replace("username", "name"));
            assertThat(made.status()).as(made.text()).isEqualTo(201);
            String user = made.json().path("id").asString();

            grant(api, user, SeededRole.READ_ONLY);
            assertThat(browser.post("/auth/login", credentials)
                            .json()
                            .path("mustEnrol")
                            .asBoolean())
                    .isFalse();
            assertThat(browser.get("/vms").status()).isEqualTo(200);

            String granted = grant(api, user, SeededRole.SECURITY_AUDITOR);
            assertThat(browser.get("/vms").code()).isEqualTo("MFA_ENROLMENT_REQUIRED");
            assertThat(browser.get("/auth/session").json().path("mustEnrol").asBoolean())
                    .isTrue();

            assertThat(api.send("DELETE", "/grants/" + granted, BodyPublishers.noBody())
                            .status())
                    .isEqualTo(200);
            assertThat(browser.get("/vms").status()).isEqualTo(200);
        }
    }

    /** Everywhere; the id of the grant. */
    private static String grant(ApiClient api, String user, SeededRole role) {
        ApiClient.Answer answer = api.post(
                "/grants",
                "{\"userId\":\"%s\",\"roleId\":\"%s\",\"scopeKind\":\"SYSTEM\",\"effect\":\"ALLOW\"}"
                        .formatted(user, role.id()));
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.json().path("id").asString();
    }

    @Test
    void programs_go_on_with_their_tokens() throws IOException {
        ApiClient api = nobody().withHeader("Authorization", "Bearer " + secret("admin.token"));
        assertThat(api.get("/vms").status()).isEqualTo(200);
    }
}
