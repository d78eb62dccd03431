package dev.meseta.manager.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ApiClient;
import dev.meseta.manager.ManagerIntegrationTest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.security.crypto.password.PasswordEncoder;
import tools.jackson.databind.JsonNode;

/** Passkeys from outside: who gets in with one, and what is refused although the key is the right one. */
class PasskeyTest extends ManagerIntegrationTest {

    private static final String PASSWORD = "grapes under a table";
    private static final AtomicInteger ADDRESS = new AtomicInteger();

    @Autowired
    private PasswordEncoder passwords;

    private final SoftwareAuthenticator passkey = new SoftwareAuthenticator();
    private String username = "";
    private ApiClient owner = api;

    @BeforeEach
    void somebodyEnrolsAPasskey() {
        username = newUser();
        owner = signedIn(username);
        ApiClient.Answer enrolled = enrol(owner, passkey);
        assertThat(enrolled.status()).as(enrolled.text()).isEqualTo(200);
        assertThat(enrolled.json().path("recoveryCodes").size()).isEqualTo(10);
    }

    private ApiClient newBrowser() {
        return anonymousAt("127.0.9." + ADDRESS.incrementAndGet());
    }

    private String newUser() {
        String name = "passkey-" + UUID.randomUUID();
        jdbc.sql("INSERT INTO user_account (id, name, password_hash, created_at) VALUES (:id, :name, :hash, now())")
                .param("id", UUID.randomUUID())
                .param("name", name)
                .param("hash", passwords.encode(PASSWORD))
                .update();
        return name;
    }

    private ApiClient signedIn(String name) {
        ApiClient browser = newBrowser();
        ApiClient.Answer answer =
                browser.post("/auth/login", "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(name, PASSWORD));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return browser;
    }

    private ApiClient.Answer enrol(ApiClient browser, SoftwareAuthenticator authenticator) {
        return addPasskey(browser, authenticator.create(newPasskeyQuestion(browser), origin()));
    }

    private JsonNode newPasskeyQuestion(ApiClient browser) {
        ApiClient.Answer asked = post(browser, "/account/passkeys/options", "");
        assertThat(asked.status()).as(asked.text()).isEqualTo(200);
        return asked.json().path("options");
    }

    private static ApiClient.Answer addPasskey(ApiClient browser, String credential) {
        return post(browser, "/account/passkeys", "{\"label\":\"blue key\",\"credential\":%s}".formatted(credential));
    }

    private static ApiClient.Answer post(ApiClient browser, String path, String body) {
        return browser.post(path, body, "X-XSRF-TOKEN", browser.cookie("XSRF-TOKEN"));
    }

    private static JsonNode question(ApiClient browser) {
        return browser.post("/auth/passkey/options", "").json().path("options");
    }

    private static ApiClient.Answer answer(ApiClient browser, String credential) {
        return browser.post("/auth/passkey", "{\"credential\":%s}".formatted(credential));
    }

    private String refusal() {
        ApiClient browser = newBrowser();
        ApiClient.Answer answer = answer(browser, passkey.get(question(browser), origin()));
        assertThat(answer.status()).as(answer.text()).isEqualTo(403);
        assertThat(browser.get("/auth/session").status()).isEqualTo(401);
        return answer.code();
    }

    @Test
    void a_passkey_signs_its_owner_in_alone_and_an_answer_is_good_once() {
        ApiClient browser = newBrowser();
        String credential = passkey.get(question(browser), origin());
        ApiClient.Answer answer = answer(browser, credential);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.json().path("username").asString()).isEqualTo(username);
        assertThat(browser.get("/auth/session").status()).isEqualTo(200);
        assertThat(post(browser, "/account/totp", "").status())
                .as("it counts as a second factor, for what is dangerous too")
                .isEqualTo(200);

        assertThat(answer(newBrowser(), credential).code()).isEqualTo("FACTOR_WRONG");
    }

    @Test
    void of_two_with_the_same_answer_at_once_one_is_let_in() throws Exception {
        String credential = passkey.get(question(newBrowser()), origin());
        List<Integer> statuses = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            ApiClient one = newBrowser();
            ApiClient two = newBrowser();
            List<Callable<ApiClient.Answer>> both =
                    List.of(() -> answer(one, credential), () -> answer(two, credential));
            for (Future<ApiClient.Answer> each : threads.invokeAll(both)) {
                statuses.add(each.get().status());
            }
        }
        assertThat(statuses).containsExactlyInAnyOrder(200, 403);
    }

    @Test
    void the_right_key_for_another_site_is_refused() {
        passkey.asFor("https://localhost.evil.example", null);
        assertThat(refusal()).as("the page came from elsewhere").isEqualTo("FACTOR_WRONG");
        passkey.asFor(null, "evil.example");
        assertThat(refusal()).as("the key was asked in another name").isEqualTo("FACTOR_WRONG");
        passkey.asFor(null, null);
        ApiClient browser = newBrowser();
        assertThat(answer(browser, passkey.get(question(browser), origin())).status())
                .isEqualTo(200);
    }

    @Test
    void a_key_that_did_not_check_the_person_is_refused() {
        passkey.verifying(false);
        assertThat(refusal()).isEqualTo("FACTOR_WRONG");

        ApiClient browser = signedIn(newUser());
        assertThat(enrol(browser, new SoftwareAuthenticator().verifying(false)).status())
                .as("nor is it enrolled")
                .isEqualTo(403);
    }

    @Test
    void a_copy_of_a_key_that_counts_from_where_it_was_copied_is_refused() {
        ApiClient browser = newBrowser();
        passkey.at(7);
        assertThat(answer(browser, passkey.get(question(browser), origin())).status())
                .isEqualTo(200);
        passkey.at(3);
        assertThat(refusal()).isEqualTo("FACTOR_WRONG");
    }

    @Test
    void a_signature_of_another_key_is_refused() {
        ApiClient browser = newBrowser();
        JsonNode asked = question(browser);
        String mine = passkey.get(asked, origin());
        String others = new SoftwareAuthenticator().get(asked, origin());
        String signature = "\"signature\":\"";
        String theirs = others.substring(others.indexOf(signature) + signature.length());
        String forged = mine.replaceAll(
                "(\"signature\":\")[^\"]*",
                "$1" + theirs.substring(0, theirs.indexOf('"')).replace("$", "\\$"));
        assertThat(forged).isNotEqualTo(mine);
        assertThat(answer(browser, forged).code()).isEqualTo("FACTOR_WRONG");
    }

    @Test
    void what_one_person_was_asked_another_does_not_answer() {
        ApiClient stranger = signedIn(newUser());
        JsonNode asked = newPasskeyQuestion(owner);
        assertThat(addPasskey(stranger, new SoftwareAuthenticator().create(asked, origin()))
                        .status())
                .isEqualTo(403);
        assertThat(stranger.get("/account/factors").json().path("passkeys").size())
                .isZero();
        assertThat(addPasskey(stranger, passkey.create(newPasskeyQuestion(stranger), origin()))
                        .status())
                .as("nor is somebody's key enrolled for a second account")
                .isGreaterThanOrEqualTo(400);
    }

    @Test
    void a_removed_passkey_opens_nothing() {
        JsonNode enrolled =
                owner.get("/account/factors").json().path("passkeys").path(0);
        assertThat(enrolled.path("label").asString()).isEqualTo("blue key");
        assertThat(owner.send(
                                "DELETE",
                                "/account/passkeys/" + enrolled.path("id").asString(),
                                BodyPublishers.noBody(),
                                "X-XSRF-TOKEN",
                                owner.cookie("XSRF-TOKEN"))
                        .status())
                .isEqualTo(204);
        assertThat(refusal()).isEqualTo("FACTOR_WRONG");
    }

    @Test
    void a_passkey_is_a_second_step_after_the_password() {
        ApiClient browser = newBrowser();
        JsonNode half = browser.post(
                        "/auth/login", "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(username, PASSWORD))
                .json();
        assertThat(half.path("mfaRequired").toString()).contains("PASSKEY");
        ApiClient.Answer second = browser.post(
                "/auth/mfa",
                "{\"pending\":\"%s\",\"passkey\":%s}"
                        .formatted(half.path("pending").asString(), passkey.get(question(browser), origin())));
        assertThat(second.status()).as(second.text()).isEqualTo(200);
    }
}
