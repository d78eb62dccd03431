package dev.meseta.manager.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ApiClient;
import dev.meseta.manager.AuthenticatorApp;
import dev.meseta.manager.ManagerIntegrationTest;
import dev.meseta.manager.identity.SeededRole;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.security.crypto.password.PasswordEncoder;
import tools.jackson.databind.JsonNode;

/** Second factors, step-up and sessions, from outside; each test with a user and an address of its own. */
class FactorsTest extends ManagerIntegrationTest {

    private static final String PASSWORD = "grapes under a table";
    private static final String VM = "/vms/0198c0de-0000-7000-8000-000000000000";
    private static final String OF_USER = " WHERE user_id = (SELECT id FROM user_account WHERE name = :name)";
    private static final AtomicInteger ADDRESS = new AtomicInteger();

    @Autowired
    private PasswordEncoder passwords;

    /** A browser of somebody. */
    private final class Browser {

        private final ApiClient client = anonymousAt("127.0.7." + ADDRESS.incrementAndGet());
        private final String username;

        private Browser(String username) {
            this.username = username;
        }

        ApiClient.Answer password(String password) {
            return client.post(
                    "/auth/login", "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(username, password));
        }

        String pending() {
            return password(PASSWORD).json().path("pending").asString();
        }

        ApiClient.Answer second(String pending, String name, String code) {
            return client.post("/auth/mfa", "{\"pending\":\"%s\",\"%s\":\"%s\"}".formatted(pending, name, code));
        }

        ApiClient.Answer post(String path, String body) {
            return client.post(path, body, "X-XSRF-TOKEN", client.cookie("XSRF-TOKEN"));
        }

        ApiClient.Answer delete(String path) {
            return client.send("DELETE", path, BodyPublishers.noBody(), "X-XSRF-TOKEN", client.cookie("XSRF-TOKEN"));
        }
    }

    private Browser newUser() {
        String name = "user-" + UUID.randomUUID();
        UUID id = UUID.randomUUID();
        jdbc.sql("INSERT INTO user_account (id, name, password_hash, created_at) VALUES (:id, :name, :hash, now())")
                .param("id", id)
                .param("name", name)
                .param("hash", passwords.encode(PASSWORD))
                .update();
        ApiClient.Answer granted = api.post(
                "/grants",
                "{\"userId\":\"%s\",\"roleId\":\"%s\",\"scopeKind\":\"SYSTEM\",\"effect\":\"ALLOW\"}"
                        .formatted(id, SeededRole.SUPERUSER.id()));
        assertThat(granted.status()).as(granted.text()).isEqualTo(201);
        return new Browser(name);
    }

    private record Enrolled(Browser browser, String secret, List<String> recoveryCodes) {}

    /** The code of the step before this one is used up. */
    private Enrolled enrolled() {
        Browser browser = newUser();
        assertThat(browser.password(PASSWORD).status()).isEqualTo(200);
        ApiClient.Answer begun = browser.post("/account/totp", "");
        assertThat(begun.status()).as(begun.text()).isEqualTo(200);
        String secret = begun.json().path("secret").asString();
        ApiClient.Answer confirmed =
                browser.post("/account/totp/confirm", "{\"code\":\"%s\"}".formatted(AuthenticatorApp.code(secret, -1)));
        assertThat(confirmed.status()).as(confirmed.text()).isEqualTo(200);
        List<String> codes = new ArrayList<>();
        confirmed.json().path("recoveryCodes").forEach(each -> codes.add(each.asString()));
        assertThat(codes).hasSize(10);
        return new Enrolled(browser, secret, codes);
    }

    private static <T> List<T> atOnce(Callable<T> first, Callable<T> second) {
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<T> results = new ArrayList<>();
            for (Future<T> each : threads.invokeAll(List.of(first, second))) {
                results.add(each.get());
            }
            return results;
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whoever_has_a_second_factor_is_asked_for_it_and_a_code_is_good_once() {
        Enrolled user = enrolled();
        Browser other = new Browser(user.browser().username);

        ApiClient.Answer half = other.password(PASSWORD);
        assertThat(half.json().path("mfaRequired").toString()).isEqualTo("[\"TOTP\",\"RECOVERY_CODE\"]");
        assertThat(half.response().headers().allValues("Set-Cookie"))
                .noneMatch(each -> each.contains("MESETA_SESSION"));
        assertThat(other.client.get("/auth/session").status()).isEqualTo(401);

        String pending = half.json().path("pending").asString();
        assertThat(other.second(pending, "totp", AuthenticatorApp.code(user.secret(), -1))
                        .code())
                .as("the one it was enrolled with")
                .isEqualTo("FACTOR_WRONG");
        String now = AuthenticatorApp.code(user.secret(), 0);
        assertThat(other.second(pending, "totp", now).status()).isEqualTo(200);
        assertThat(other.client.get("/auth/session").status()).isEqualTo(200);
        assertThat(other.second(pending, "totp", AuthenticatorApp.code(user.secret(), 1))
                        .code())
                .as("the first step was used up")
                .isEqualTo("UNAUTHENTICATED");
        assertThat(other.second(other.pending(), "totp", now).code())
                .as("replayed within its window")
                .isEqualTo("FACTOR_WRONG");
    }

    @Test
    void of_two_submissions_of_a_code_at_once_one_is_let_in() {
        Enrolled user = enrolled();
        Browser one = new Browser(user.browser().username);
        Browser two = new Browser(user.browser().username);
        String first = one.pending();
        String second = two.pending();
        String now = AuthenticatorApp.code(user.secret(), 0);

        assertThat(atOnce(
                        () -> one.second(first, "totp", now).status(),
                        () -> two.second(second, "totp", now).status()))
                .containsExactlyInAnyOrder(200, 403);
    }

    @Test
    void a_recovery_code_is_good_once_also_at_once() {
        Enrolled user = enrolled();
        Browser one = new Browser(user.browser().username);
        Browser two = new Browser(user.browser().username);
        String first = one.pending();
        String second = two.pending();
        String code = user.recoveryCodes().getFirst();

        assertThat(atOnce(
                        () -> one.second(first, "recoveryCode", code).status(),
                        () -> two.second(second, "recoveryCode", code).status()))
                .containsExactlyInAnyOrder(200, 403);
        Browser three = new Browser(user.browser().username);
        assertThat(three.second(three.pending(), "recoveryCode", code.toLowerCase(Locale.ROOT))
                        .status())
                .isEqualTo(403);
        assertThat(three.second(
                                three.pending(),
                                "recoveryCode",
                                user.recoveryCodes().get(1))
                        .status())
                .isEqualTo(200);
        assertThat(three.client
                        .get("/account/factors")
                        .json()
                        .path("recoveryCodesLeft")
                        .asInt())
                .isEqualTo(8);
    }

    @Test
    void five_wrong_codes_end_the_first_step() {
        Enrolled user = enrolled();
        Browser other = new Browser(user.browser().username);
        String pending = other.pending();
        for (int i = 0; i < 5; i++) {
            assertThat(other.second(pending, "totp", "00000" + i).status()).isEqualTo(403);
        }
        assertThat(other.second(pending, "totp", AuthenticatorApp.code(user.secret(), 0))
                        .code())
                .isEqualTo("UNAUTHENTICATED");
        assertThat(other.second(other.pending(), "totp", AuthenticatorApp.code(user.secret(), 0))
                        .code())
                .as("the right password does not forget wrong codes")
                .isEqualTo("TOO_MANY_REQUESTS");
    }

    @Test
    void of_two_enrolments_at_once_one_holds_and_its_application_works() {
        Browser browser = newUser();
        browser.password(PASSWORD);
        String secret = browser.post("/account/totp", "").json().path("secret").asString();
        String body = "{\"code\":\"%s\"}".formatted(AuthenticatorApp.code(secret, -1));

        List<Integer> statuses = atOnce(
                () -> browser.post("/account/totp/confirm", body).status(),
                () -> browser.post("/account/totp/confirm", body).status());
        assertThat(statuses).contains(200).hasSize(2).anyMatch(status -> status == 409 || status == 404);
        Browser other = new Browser(browser.username);
        assertThat(other.second(other.pending(), "totp", AuthenticatorApp.code(secret, 0))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void dangerous_verbs_ask_for_the_second_factor_when_it_was_not_shown_lately() {
        Enrolled user = enrolled();
        assertThat(user.browser().delete(VM).status())
                .as("shown when enrolling")
                .isEqualTo(404);
        jdbc.sql("""
                        UPDATE user_session SET second_proved_at = now() - interval '11 minutes'
                        WHERE user_id = (SELECT id FROM user_account WHERE name = :name)""").param("name", user.browser().username).update();

        ApiClient.Answer refused = user.browser().delete(VM);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.code()).isEqualTo("STEP_UP_REQUIRED");
        assertThat(refused.json().path("factors").toString()).isEqualTo("[\"TOTP\",\"RECOVERY_CODE\"]");
        assertThat(user.browser().post(VM + "/stop", "{\"mode\":\"FORCED\"}").code())
                .isEqualTo("STEP_UP_REQUIRED");
        assertThat(user.browser().post(VM + "/stop", "{}").status()).isEqualTo(404);
        assertThat(user.browser().delete("/account/totp").code())
                .as("a factor is not disabled without showing one")
                .isEqualTo("STEP_UP_REQUIRED");
        assertThat(user.browser()
                        .post("/auth/step-up", "{\"password\":\"%s\"}".formatted(PASSWORD))
                        .status())
                .isEqualTo(204);
        assertThat(user.browser().delete(VM).code())
                .as("the password is not enough")
                .isEqualTo("STEP_UP_REQUIRED");
        assertThat(user.browser().post("/auth/step-up", "{\"totp\":\"000000\"}").code())
                .isEqualTo("FACTOR_WRONG");

        String good = "{\"totp\":\"%s\"}".formatted(AuthenticatorApp.code(user.secret(), 0));
        assertThat(user.browser().post("/auth/step-up", good).status()).isEqualTo(204);
        assertThat(user.browser().delete(VM).status()).isEqualTo(404);
        assertThat(user.browser().delete("/account/totp").status()).isEqualTo(204);
        assertThat(user.browser().password(PASSWORD).json().path("mfaRequired").isEmpty())
                .isTrue();
    }

    @Test
    void a_refusal_for_want_of_a_factor_is_not_what_the_same_key_gets_for_ever() {
        Enrolled user = enrolled();
        forget(user);
        String csrf = user.browser().client.cookie("XSRF-TOKEN");
        String forced = "{\"mode\":\"FORCED\"}";
        assertThat(user.browser()
                        .client
                        .post(VM + "/stop", forced, "X-XSRF-TOKEN", csrf, "Idempotency-Key", "step-up-1")
                        .code())
                .isEqualTo("STEP_UP_REQUIRED");
        user.browser().post("/auth/step-up", "{\"totp\":\"%s\"}".formatted(AuthenticatorApp.code(user.secret(), 0)));
        assertThat(user.browser()
                        .client
                        .post(VM + "/stop", forced, "X-XSRF-TOKEN", csrf, "Idempotency-Key", "step-up-1")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void a_token_cannot_step_up_and_its_pre_authorisation_is_in_the_audit_log() {
        String marker = "pre-authorised-" + UUID.randomUUID();
        assertThat(api.send("DELETE", VM, BodyPublishers.noBody(), "X-Correlation-Id", marker)
                        .status())
                .isEqualTo(404);
        assertThat(recordOf(marker)).contains("\"preAuthorised\":\"VM_DELETE\"");
        assertThat(api.post("/auth/step-up", "{\"password\":\"x\"}").code()).isEqualTo("FORBIDDEN");
        assertThat(api.send("DELETE", "/account/totp", BodyPublishers.noBody()).code())
                .isEqualTo("FORBIDDEN");

        jdbc.sql("UPDATE api_token SET pre_authorised = 'IMAGE_DELETE'").update();
        try {
            assertThat(api.send("DELETE", VM, BodyPublishers.noBody()).code()).isEqualTo("STEP_UP_REQUIRED");
            assertThat(api.send("DELETE", VM + "?dryRun=true", BodyPublishers.noBody())
                            .status())
                    .isEqualTo(404);
        } finally {
            jdbc.sql("UPDATE api_token SET pre_authorised = 'ALL'").update();
        }
    }

    @Test
    void a_token_made_for_a_dangerous_verb_does_that_one_and_making_it_needs_a_factor() {
        Enrolled user = enrolled();
        String body = "{\"name\":\"nightly\",\"expiresAt\":\"%s\",\"preAuthorised\":[%s]}";
        String end = Instant.now().plus(Duration.ofDays(1)).toString();
        forget(user);
        String made = body.formatted(end, "\"VM_DELETE\"");
        assertThat(user.browser().post("/tokens", made).code()).isEqualTo("STEP_UP_REQUIRED");
        user.browser().post("/auth/step-up", "{\"totp\":\"%s\"}".formatted(AuthenticatorApp.code(user.secret(), 0)));
        for (String verb : List.of("FACTOR_CHANGE", "TOKEN_PRE_AUTHORISE")) {
            assertThat(user.browser()
                            .post("/tokens", body.formatted(end, "\"VM_DELETE\",\"" + verb + "\""))
                            .code())
                    .isEqualTo("VALIDATION_FAILED");
        }
        ApiClient.Answer answer = user.browser().post("/tokens", made);
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        assertThat(answer.json().path("token").path("preAuthorised").toString()).isEqualTo("[\"VM_DELETE\"]");
        assertThat(user.browser()
                        .client
                        .get("/tokens")
                        .json()
                        .path(0)
                        .path("preAuthorised")
                        .toString())
                .isEqualTo("[\"VM_DELETE\"]");

        ApiClient token = anonymous()
                .withHeader(
                        "Authorization",
                        "Bearer " + answer.json().path("secret").asString());
        assertThat(token.send("DELETE", VM, BodyPublishers.noBody()).status()).isEqualTo(404);
        assertThat(token.post(VM + "/stop", "{\"mode\":\"FORCED\"}").code()).isEqualTo("STEP_UP_REQUIRED");
        assertThat(token.post("/tokens", made).code())
                .as("it makes none like itself")
                .isEqualTo("STEP_UP_REQUIRED");
    }

    private void forget(Enrolled user) {
        jdbc.sql(
                        "UPDATE user_session SET second_proved_at = NULL WHERE user_id = (SELECT id FROM user_account WHERE name = :n)")
                .param("n", user.browser().username)
                .update();
    }

    @Test
    void the_audit_log_tells_with_which_factors_somebody_signed_in() {
        Enrolled user = enrolled();
        String marker = "factors-" + UUID.randomUUID();
        Browser other = new Browser(user.browser().username);
        other.client.withHeader("X-Correlation-Id", marker);
        other.second(other.pending(), "totp", AuthenticatorApp.code(user.secret(), 0));

        assertThat(recordOf(marker))
                .contains("\"factors\":\"PASSWORD,TOTP\"")
                .contains("\"secondFactor\":\"REQUIRED\"")
                .doesNotContain(PASSWORD)
                .doesNotContain(user.secret());
    }

    private String recordOf(String correlationId) {
        return String.join(
                "\n",
                api.get("/audit/export")
                        .text()
                        .lines()
                        .filter(line -> line.contains(correlationId))
                        .toList());
    }

    @Test
    void a_changed_password_ends_other_sessions_and_bad_ones_are_refused() {
        Browser here = newUser();
        here.password(PASSWORD);
        Browser there = new Browser(here.username);
        there.password(PASSWORD);

        assertThat(here.post("/account/password", "{\"present\":\"wrong\",\"wanted\":\"another table of grapes\"}")
                        .code())
                .isEqualTo("VALIDATION_FAILED");
        assertThat(here.post(
                                "/account/password",
                                "{\"present\":\"%s\",\"wanted\":\"password1234\"}".formatted(PASSWORD))
                        .json()
                        .path("errors")
                        .toString())
                .contains("attackers try first");
        assertThat(here.post(
                                "/account/password",
                                "{\"present\":\"%s\",\"wanted\":\"another table of grapes\"}".formatted(PASSWORD))
                        .status())
                .isEqualTo(204);
        assertThat(here.client.get("/auth/session").status()).isEqualTo(200);
        assertThat(there.client.get("/auth/session").status()).isEqualTo(401);
        assertThat(there.password(PASSWORD).status()).isEqualTo(401);
    }

    @Test
    void sessions_are_listed_ended_one_by_one_and_all_together() {
        Browser here = newUser();
        here.password(PASSWORD);
        Browser there = new Browser(here.username);
        there.password(PASSWORD);

        JsonNode sessions = here.client.get("/sessions").json().path("items");
        assertThat(sessions.size()).isEqualTo(2);
        String other = "";
        for (JsonNode each : sessions) {
            if (!each.path("isThis").asBoolean()) {
                other = each.path("id").asString();
            }
        }
        Browser stranger = newUser();
        stranger.password(PASSWORD);
        assertThat(stranger.delete("/sessions/" + other).status()).isEqualTo(404);
        assertThat(here.delete("/sessions/" + other).status()).isEqualTo(204);
        assertThat(there.client.get("/auth/session").status()).isEqualTo(401);
        assertThat(here.post("/sessions/end-all", "").status()).isEqualTo(204);
        assertThat(here.client.get("/auth/session").status()).isEqualTo(401);
    }

    @Test
    void a_session_ends_when_it_is_not_used_for_eight_hours_and_goes_on_when_it_is() {
        Browser browser = newUser();
        browser.password(PASSWORD);
        age(browser, "used_at", "7 hours 59 minutes");
        assertThat(browser.client.get("/auth/session").status()).isEqualTo(200);
        assertThat(jdbc.sql("SELECT used_at > now() - interval '1 minute' FROM user_session" + OF_USER)
                        .param("name", browser.username)
                        .query(Boolean.class)
                        .single())
                .as("use is written down")
                .isTrue();
        age(browser, "used_at", "8 hours 1 second");
        assertThat(browser.client.get("/auth/session").status()).isEqualTo(401);
    }

    @Test
    void a_session_ends_after_a_day_however_much_it_is_used() {
        Browser browser = newUser();
        browser.password(PASSWORD);
        age(browser, "created_at", "23 hours 59 minutes");
        assertThat(browser.client.get("/auth/session").status()).isEqualTo(200);
        age(browser, "created_at", "24 hours 1 second");
        assertThat(browser.client.get("/auth/session").status()).isEqualTo(401);
    }

    private void age(Browser browser, String column, String by) {
        jdbc.sql("UPDATE user_session SET %s = now() - CAST(:by AS interval)".formatted(column) + OF_USER)
                .param("by", by)
                .param("name", browser.username)
                .update();
    }

    @Test
    void a_passkey_that_nobody_enrolled_and_nonsense_for_one_are_refused() {
        Browser browser = newUser();
        ApiClient.Answer asked = browser.client.post("/auth/passkey/options", "");
        assertThat(asked.json().path("options").path("rpId").asString()).isEqualTo("localhost");
        assertThat(asked.json().path("options").path("userVerification").asString())
                .isEqualTo("required");
        for (String credential :
                List.of("{}", "{\"id\":7}", "{\"id\":\"x\",\"rawId\":\"x\",\"type\":\"public-key\",\"response\":{}}")) {
            assertThat(browser.client
                            .post("/auth/passkey", "{\"credential\":%s}".formatted(credential))
                            .code())
                    .isEqualTo("FACTOR_WRONG");
        }
    }
}
