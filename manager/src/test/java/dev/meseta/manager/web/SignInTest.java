package dev.meseta.manager.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ApiClient;
import dev.meseta.manager.ManagerIntegrationTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Signing in with the generated password and the generated token. */
class SignInTest extends ManagerIntegrationTest {

    private ApiClient.Answer login(ApiClient client, String password) {
        return client.post("/auth/login", "{\"username\":\"admin\",\"password\":\"%s\"}".formatted(password));
    }

    @Test
    void the_password_opens_a_session_that_needs_the_csrf_header_to_change_anything() {
        ApiClient browser = anonymous();

        ApiClient.Answer in = login(browser, secret("admin.password"));
        assertThat(in.status()).isEqualTo(200);
        assertThat(in.json().path("permissions").toString()).contains("VM_MIGRATE");
        assertThat(String.join("\n", in.response().headers().allValues("Set-Cookie")))
                .contains("MESETA_SESSION=")
                .contains("Secure; HttpOnly; SameSite=Strict");
        assertThat(in.text()).doesNotContain(secret("admin.password"));

        assertThat(browser.get("/auth/session").json().path("username").asString())
                .isEqualTo("admin");
        ApiClient.Answer forged = browser.post("/auth/logout", "");
        assertThat(forged.status()).isEqualTo(403);
        assertThat(forged.code()).isEqualTo("FORBIDDEN");
        assertThat(browser.post("/auth/logout", "", "X-XSRF-TOKEN", browser.cookie("XSRF-TOKEN"))
                        .status())
                .isEqualTo(204);
        assertThat(browser.get("/auth/session").status()).isEqualTo(401);
    }

    @Test
    void a_wrong_password_is_refused_and_recorded_without_the_password() {
        ApiClient.Answer refused =
                login(anonymous().withHeader("X-Correlation-Id", "wrong-password-1"), "canary-secret");

        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.code()).isEqualTo("UNAUTHENTICATED");
        String log = api.get("/audit/export").text();
        assertThat(log)
                .contains("wrong-password-1")
                .contains("\"outcome\":\"REFUSED\"")
                .doesNotContain("canary-secret");
    }

    @Test
    void a_request_with_a_token_begins_no_session() {
        ApiClient.Answer answer = api.get("/vms");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.response().headers().allValues("Set-Cookie"))
                .noneMatch(cookie -> cookie.startsWith("MESETA_SESSION"));
    }

    @Test
    void a_bad_token_is_refused_even_beside_a_good_session() {
        ApiClient browser = anonymous();
        login(browser, secret("admin.password"));

        assertThat(browser.get("/vms", "Authorization", "Bearer nonsense").status())
                .isEqualTo(401);
        assertThat(browser.get("/vms").status()).isEqualTo(200);
    }

    @Test
    void access_json_says_where_everything_is_and_nobody_else_can_read_it() throws IOException {
        JsonNode access = JsonMapper.shared().readTree(secret("access.json"));

        assertThat(access.propertyNames())
                .containsExactlyInAnyOrder("url", "caFile", "username", "passwordFile", "tokenFile");
        for (String file : List.of("access.json", "admin.password", "admin.token", "sealing.key")) {
            Path path = stateFolder().resolve(file);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-------");
        }
        assertThat(Path.of(access.path("tokenFile").asString())).exists();
    }
}
