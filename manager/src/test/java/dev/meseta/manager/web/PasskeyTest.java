package dev.meseta.manager.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ApiClient;
import dev.meseta.manager.ManagerIntegrationTest;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.security.crypto.password.PasswordEncoder;
import tools.jackson.databind.JsonNode;

/** Passkeys from outside, with an authenticator that does what Chromium's does. */
class PasskeyTest extends ManagerIntegrationTest {

    private static final String PASSWORD = "grapes under a table";
    private static final AtomicInteger ADDRESS = new AtomicInteger();

    @Autowired
    private PasswordEncoder passwords;

    private ApiClient newUser() {
        String name = "passkey-" + UUID.randomUUID();
        jdbc.sql("INSERT INTO user_account (id, name, password_hash, created_at) VALUES (:id, :name, :hash, now())")
                .param("id", UUID.randomUUID())
                .param("name", name)
                .param("hash", passwords.encode(PASSWORD))
                .update();
        ApiClient browser = newBrowser();
        ApiClient.Answer in =
                browser.post("/auth/login", "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(name, PASSWORD));
        assertThat(in.status()).as(in.text()).isEqualTo(200);
        return browser;
    }

    private ApiClient newBrowser() {
        return anonymousAt("127.0.8." + ADDRESS.incrementAndGet());
    }

    private static ApiClient.Answer post(ApiClient browser, String path, String body) {
        return browser.post(path, body, "X-XSRF-TOKEN", browser.cookie("XSRF-TOKEN"));
    }

    private static JsonNode question(ApiClient browser, String path) {
        ApiClient.Answer asked = post(browser, path, "");
        assertThat(asked.status()).as(asked.text()).isEqualTo(200);
        return asked.json().path("options");
    }

    private static String origin(ApiClient browser) {
        return "https://" + browser.get("/health").response().uri().getAuthority();
    }

    private static String challenge(JsonNode options) {
        return options.path("challenge").asString();
    }

    private static ApiClient.Answer enrol(ApiClient browser, SoftwareAuthenticator authenticator, JsonNode options) {
        return post(
                browser,
                "/account/passkeys",
                "{\"label\":\"Desk\",\"credential\":%s}".formatted(authenticator.created(challenge(options))));
    }

    private static ApiClient.Answer show(ApiClient browser, SoftwareAuthenticator authenticator, String handle) {
        JsonNode options = question(browser, "/auth/passkey/options");
        return browser.post(
                "/auth/passkey", "{\"credential\":%s}".formatted(authenticator.shown(challenge(options), handle)));
    }

    @ParameterizedTest
    @EnumSource
    void each_algorithm_that_the_question_offers_is_taken(SoftwareAuthenticator.Algorithm algorithm) {
        ApiClient browser = newUser();
        var authenticator = new SoftwareAuthenticator(algorithm, "localhost", origin(browser));
        JsonNode options = question(browser, "/account/passkeys/options");
        assertThat(IntStream.range(0, options.path("pubKeyCredParams").size())
                        .map(i -> options.path("pubKeyCredParams")
                                .path(i)
                                .path("alg")
                                .asInt()))
                .contains(algorithm.cose());
        String handle = options.path("user").path("id").asString();

        ApiClient.Answer enrolled = enrol(browser, authenticator, options);
        assertThat(enrolled.status()).as(enrolled.text()).isEqualTo(200);
        assertThat(enrolled.json().path("recoveryCodes").size()).isEqualTo(10);
        ApiClient other = newBrowser();
        ApiClient.Answer in = show(other, authenticator, handle);
        assertThat(in.status()).as(in.text()).isEqualTo(200);
        assertThat(other.get("/sessions").json().path("items").toString()).contains("[\"PASSKEY\"]");
    }

    @Test
    void an_answer_is_good_once_for_its_question_and_its_site_and_only_with_the_person_checked() {
        ApiClient browser = newUser();
        String origin = origin(browser);
        var authenticator = new SoftwareAuthenticator(SoftwareAuthenticator.Algorithm.ES256, "localhost", origin);
        JsonNode options = question(browser, "/account/passkeys/options");
        String handle = options.path("user").path("id").asString();
        var elsewhere = new SoftwareAuthenticator(
                SoftwareAuthenticator.Algorithm.ES256, "localhost", "https://localhost.example");
        assertThat(enrol(browser, elsewhere, question(browser, "/account/passkeys/options"))
                        .code())
                .isEqualTo("FACTOR_WRONG");
        assertThat(enrol(browser, authenticator, options).status()).isEqualTo(200);
        assertThat(enrol(browser, authenticator, options).code())
                .as("a question is answered once")
                .isEqualTo("FACTOR_WRONG");

        ApiClient other = newBrowser();
        String body = "{\"credential\":%s}"
                .formatted(authenticator.shown(challenge(question(other, "/auth/passkey/options")), handle));
        assertThat(other.post("/auth/passkey", body).status()).isEqualTo(200);
        assertThat(newBrowser().post("/auth/passkey", body).code())
                .as("the same again")
                .isEqualTo("FACTOR_WRONG");
        assertThat(newBrowser()
                        .post("/auth/passkey", "{\"credential\":%s}".formatted(authenticator.shown("AAAA", handle)))
                        .code())
                .as("a question that nobody asked")
                .isEqualTo("FACTOR_WRONG");
        authenticator.stopVerifyingPerson();
        assertThat(show(newBrowser(), authenticator, handle).code()).isEqualTo("FACTOR_WRONG");
    }
}
