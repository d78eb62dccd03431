package dev.meseta.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ProviderManager.Browser;
import dev.meseta.manager.ProviderManager.Departure;
import dev.meseta.manager.database.TestPostgres;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two managers with an identity provider that lies when a test wants it to. */
@Tag("integration")
class ProviderSignInTest {

    private static final String VM = "/vms/0198c0de-0000-7000-8000-000000000000";
    private static final String LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout";
    private static final String GROUP = "11111111-aaaa";

    @TempDir
    private static Path folder;

    private static Optional<FakeProvider> started = Optional.empty();
    private static Optional<ProviderManager> first = Optional.empty();
    private static Optional<ProviderManager> second = Optional.empty();
    private static String group = "";

    @BeforeAll
    static void start() throws IOException {
        started = Optional.of(new FakeProvider());
        TestPostgres.Database database = TestPostgres.create();
        first = Optional.of(
                new ProviderManager(folder, "first", database, provider().issuer()));
        second = Optional.of(
                new ProviderManager(folder, "second", database, provider().issuer()));
        group = first().superusers(GROUP);
    }

    @AfterAll
    static void stop() {
        first.ifPresent(ProviderManager::close);
        second.ifPresent(ProviderManager::close);
        started.ifPresent(FakeProvider::close);
    }

    private static FakeProvider provider() {
        return started.orElseThrow();
    }

    private static ProviderManager first() {
        return first.orElseThrow();
    }

    private static ProviderManager second() {
        return second.orElseThrow();
    }

    private static long now() {
        return Instant.now().getEpochSecond();
    }

    /** As an ID token has them. */
    private static Map<String, Object> claims(String subject, String nonce) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", provider().issuer());
        claims.put("aud", "meseta");
        claims.put("sub", subject);
        claims.put("sid", "sid-of-" + subject);
        claims.put("iat", now());
        claims.put("exp", now() + 300);
        claims.put("auth_time", now());
        claims.put("nonce", nonce);
        claims.put("acr", "password");
        claims.put("typ", "ID");
        claims.put("preferred_username", "anna");
        claims.put("name", "Anna A");
        claims.put("meseta_groups", List.of(GROUP));
        return claims;
    }

    private static Map<String, Object> with(Map<String, Object> claims, String name, @Nullable Object value) {
        Map<String, Object> changed = new LinkedHashMap<>(claims);
        if (value == null) {
            changed.remove(name);
        } else {
            changed.put(name, value);
        }
        return changed;
    }

    /** Two minutes ago, which is more than clocks may differ. */
    private static Map<String, Object> expired(Map<String, Object> claims) {
        return with(with(claims, "iat", now() - 400), "exp", now() - 120);
    }

    private static Map<String, Object> accessClaims(String subject) {
        Map<String, Object> claims = with(claims(subject, ""), "nonce", null);
        claims.put("aud", "meseta-api");
        claims.put("typ", "Bearer");
        return claims;
    }

    private static Map<String, Object> logoutClaims(String subject) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", provider().issuer());
        claims.put("aud", "meseta");
        claims.put("sub", subject);
        claims.put("sid", "sid-of-" + subject);
        claims.put("iat", now());
        claims.put("exp", now() + 120);
        claims.put("jti", UUID.randomUUID().toString());
        claims.put("events", Map.of(LOGOUT_EVENT, Map.of()));
        return claims;
    }

    private static String newSubject() {
        return "subject-" + UUID.randomUUID();
    }

    private static ApiClient.Answer answer(Browser browser, Departure departure, Map<String, Object> claims) {
        return browser.answer(
                departure.state(),
                provider().code(provider().signed(claims)),
                provider().issuer());
    }

    private static Browser signedIn(ProviderManager manager, String subject) {
        Browser browser = manager.browser();
        Departure departure = browser.begin();
        ApiClient.Answer answer = answer(browser, departure, claims(subject, departure.nonce()));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return browser;
    }

    private static ApiClient.Answer withToken(String path, String token) {
        return first().nobody().get(path, "Authorization", "Bearer " + token);
    }

    private static ApiClient.Answer delete(ApiClient client, String... headers) {
        return client.send("DELETE", VM, BodyPublishers.noBody(), headers);
    }

    private static ApiClient.Answer delete(Browser browser) {
        return delete(browser.client(), "X-XSRF-TOKEN", browser.client().cookie("XSRF-TOKEN"));
    }

    private static ApiClient.Answer logOut(ProviderManager manager, String token) {
        return manager.nobody()
                .send(
                        "POST",
                        "/auth/oidc/backchannel-logout",
                        BodyPublishers.ofString("logout_token=" + URLEncoder.encode(token, StandardCharsets.UTF_8)),
                        "Content-Type",
                        "application/x-www-form-urlencoded");
    }

    private static long accounts() {
        return first().jdbc()
                .sql("SELECT count(*) FROM user_account")
                .query(Long.class)
                .single();
    }

    private static String challenge(String verifier) {
        try {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void the_page_is_told_that_there_is_a_provider() {
        assertThat(first().nobody().get("/auth/oidc").json().path("name").asString())
                .isEqualTo("Keycloak");
    }

    @Test
    void whoever_is_in_a_mapped_group_is_signed_in_with_what_the_group_may() {
        Browser browser = first().browser();
        Departure departure = browser.begin();
        assertThat(departure.query())
                .containsEntry("response_type", "code")
                .containsEntry("client_id", "meseta")
                .containsEntry("code_challenge_method", "S256")
                .containsEntry("redirect_uri", first().url() + "/sign-in/answer")
                .doesNotContainKeys("acr_values", "max_age");
        ApiClient.Answer answer = answer(browser, departure, claims(newSubject(), departure.nonce()));

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.json().path("returnTo").asString()).isEqualTo("/vms");
        assertThat(answer.json().path("session").path("username").asString()).startsWith("Keycloak/anna");
        assertThat(answer.json().path("session").path("permissions").toString()).contains("VM_MIGRATE");
        assertThat(challenge(provider().lastForm().getOrDefault("code_verifier", "")))
                .isEqualTo(departure.query().get("code_challenge"));
        assertThat(browser.client()
                        .get("/sessions")
                        .json()
                        .path("items")
                        .get(0)
                        .path("factors")
                        .toString())
                .isEqualTo("[\"PROVIDER\"]");
        assertThat(browser.client().get("/vms").status()).isEqualTo(200);
        assertThat(browser.client()
                        .get("/account/factors")
                        .json()
                        .path("atProvider")
                        .booleanValue())
                .isTrue();
    }

    @Test
    void names_decide_nothing() {
        String anna = newSubject();
        String stranger = newSubject();
        Browser asAdmin = first().browser();
        Departure departure = asAdmin.begin();
        ApiClient.Answer first =
                answer(asAdmin, departure, with(claims(anna, departure.nonce()), "preferred_username", "admin"));
        Browser other = first().browser();
        Departure also = other.begin();
        ApiClient.Answer second =
                answer(other, also, with(claims(stranger, also.nonce()), "preferred_username", "admin"));
        Browser renamed = first().browser();
        Departure again = renamed.begin();
        ApiClient.Answer third =
                answer(renamed, again, with(claims(anna, again.nonce()), "preferred_username", "anna-married"));

        String name = first.json().path("session").path("username").asString();
        assertThat(name).startsWith("Keycloak/admin");
        assertThat(second.json().path("session").path("username").asString())
                .startsWith("Keycloak/admin")
                .isNotEqualTo(name);
        assertThat(third.json().path("session").path("username").asString()).isEqualTo(name);
        assertThat(first().nobody()
                        .post("/auth/login", "{\"username\":\"%s\",\"password\":\"\"}".formatted(name))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void whoever_is_in_no_mapped_group_gets_no_account_and_is_told_why() {
        long before = accounts();
        Browser browser = first().browser();
        Departure departure = browser.begin();
        ApiClient.Answer answer = answer(
                browser,
                departure,
                with(claims(newSubject(), departure.nonce()), "meseta_groups", List.of("22222222-bbbb")));

        assertThat(answer.code()).isEqualTo("NO_GROUP");
        assertThat(answer.json().path("detail").asString()).contains("anna").contains("group");
        assertThat(browser.session()).isEmpty();
        assertThat(accounts()).isEqualTo(before);
        assertThat(first().api().get("/audit/export").text()).contains("\"code\":\"NO_GROUP\"");
    }

    @Test
    void whoever_leaves_the_group_is_out_at_once_and_an_older_token_does_not_bring_them_back() {
        String subject = newSubject();
        Browser browser = signedIn(first(), subject);
        Map<String, Object> old = with(accessClaims(subject), "iat", now() - 10);
        assertThat(withToken("/vms", provider().signed(accessClaims(subject))).status())
                .isEqualTo(200);

        Map<String, Object> without = with(with(accessClaims(subject), "meseta_groups", null), "iat", now() + 1);
        assertThat(withToken("/vms", provider().signed(without)).code()).isEqualTo("NO_GROUP");

        assertThat(browser.sessionStatus()).isEqualTo(401);
        assertThat(withToken("/vms", provider().signed(old)).code()).isEqualTo("NO_GROUP");
        assertThat(first().api().get("/groups/" + group).text()).doesNotContain(subject);
        assertThat(first().api().get("/audit/export").text())
                .contains("user.groups")
                .contains(subject);
    }

    @Test
    void a_group_of_the_provider_is_not_filled_by_hand() {
        ApiClient.Answer before = first().api().get("/groups/" + group);
        ApiClient.Answer refused = first().api()
                .send(
                        "PUT",
                        "/groups/" + group + "/members",
                        BodyPublishers.ofString("{\"userIds\":[]}"),
                        "If-Match",
                        before.header("ETag"));
        assertThat(refused.status()).as(refused.text()).isEqualTo(400);
    }

    @Test
    void forged_and_stale_id_tokens_open_nothing() {
        Map<String, Forged> forged = new LinkedHashMap<>();
        forged.put("unsigned", FakeProvider::unsigned);
        forged.put("HS256 with the public key", claims -> provider().signedWithThePublicKey(claims));
        forged.put("another's key of the same name", claims -> provider().signedByAnother(claims));
        forged.put("unknown key", claims -> provider().signedWithUnknownKey(claims));
        forged.put(
                "wrong issuer", claims -> provider().signed(with(claims, "iss", "https://evil.example/realms/test")));
        forged.put("wrong audience", claims -> provider().signed(with(claims, "aud", "another-client")));
        forged.put(
                "several audiences, none authorised",
                claims -> provider().signed(with(claims, "aud", List.of("meseta", "another-client"))));
        forged.put("authorised for another", claims -> provider().signed(with(claims, "azp", "another-client")));
        forged.put("expired", claims -> provider().signed(expired(claims)));
        forged.put("without end", claims -> provider().signed(with(claims, "exp", null)));
        forged.put("not yet", claims -> provider().signed(with(claims, "nbf", now() + 600)));
        forged.put(
                "of tomorrow",
                claims -> provider().signed(with(with(claims, "iat", now() + 86400), "exp", now() + 86700)));
        forged.put("wrong nonce", claims -> provider().signed(with(claims, "nonce", "another")));
        forged.put("no nonce", claims -> provider().signed(with(claims, "nonce", null)));
        forged.put("no subject", claims -> provider().signed(with(claims, "sub", null)));
        forged.put("groups of numbers", claims -> provider().signed(with(claims, "meseta_groups", List.of(1, 2))));
        forged.put("nonsense", claims -> "a.b.c");
        long before = accounts();
        forged.forEach((name, forge) -> {
            Browser browser = first().browser();
            Departure departure = browser.begin();
            String token = forge.of(claims(newSubject(), departure.nonce()));
            ApiClient.Answer answer = browser.answer(
                    departure.state(), provider().code(token), provider().issuer());
            assertThat(answer.status()).as(name + ": " + answer.text()).isEqualTo(401);
            assertThat(browser.session()).as(name).isEmpty();
        });
        assertThat(accounts()).isEqualTo(before);
        // The look-ups of unknown keys are limited, and the good ones go on.
        assertThat(signedIn(first(), newSubject()).sessionStatus()).isEqualTo(200);
    }

    private interface Forged {
        String of(Map<String, Object> claims);
    }

    @Test
    void an_answer_is_good_once_in_the_browser_that_asked_and_from_the_provider_that_was_asked() {
        Browser browser = first().browser();
        Departure departure = browser.begin();
        String code = provider().code(provider().signed(claims(newSubject(), departure.nonce())));
        String issuer = provider().issuer();

        assertThat(first().browser().answer(departure.state(), code, issuer).status())
                .as("a browser that never asked")
                .isEqualTo(401);
        Browser other = first().browser();
        other.begin();
        assertThat(other.answer(departure.state(), code, issuer).status())
                .as("a browser that asked something else")
                .isEqualTo(401);
        assertThat(browser.answer("another-state", code, issuer).status()).isEqualTo(401);
        assertThat(browser.answer(departure.state(), code, issuer).status()).isEqualTo(200);
        String session = browser.session();
        assertThat(browser.answer(departure.state(), code, issuer).status())
                .as("replayed")
                .isEqualTo(401);
        assertThat(browser.session()).isEqualTo(session);

        for (String wrong : List.of("https://evil.example/realms/test", "")) {
            Departure mixed = browser.begin();
            String mixedCode = provider().code(provider().signed(claims(newSubject(), mixed.nonce())));
            assertThat(browser.answer(mixed.state(), mixedCode, wrong.isEmpty() ? null : wrong)
                            .status())
                    .as("issuer '%s'", wrong)
                    .isEqualTo(401);
        }
        Departure used = browser.begin();
        assertThat(browser.answer(used.state(), code, issuer).status())
                .as("a code that was exchanged before")
                .isEqualTo(401);
        Departure denied = browser.begin();
        ApiClient.Answer refused = browser.client()
                .post(
                        "/auth/oidc/answer",
                        "{\"state\":\"%s\",\"error\":\"access_denied<script>\"}".formatted(denied.state()));
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.json().path("detail").asString()).contains("access_deniedscript");
    }

    @Test
    void of_two_sign_ins_at_once_each_gets_its_own_and_neither_the_others_code() {
        Browser browser = first().browser();
        Departure one = browser.begin();
        Departure two = browser.begin();
        ApiClient.Answer swapped = answer(browser, one, claims(newSubject(), two.nonce()));
        assertThat(swapped.status()).as("the code of the other one").isEqualTo(401);
        Departure three = browser.begin();
        assertThat(answer(browser, three, claims(newSubject(), three.nonce())).status())
                .isEqualTo(200);
        assertThat(answer(browser, two, claims(newSubject(), two.nonce())).status())
                .isEqualTo(200);
    }

    @Test
    void who_begins_at_one_manager_ends_at_another() {
        Browser browser = first().browser();
        Departure departure = browser.begin();
        ApiClient there = second().nobody();
        ApiClient.Answer answer = there.post(
                "/auth/oidc/answer",
                "{\"state\":\"%s\",\"code\":\"%s\",\"iss\":\"%s\"}"
                        .formatted(
                                departure.state(),
                                provider().code(provider().signed(claims(newSubject(), departure.nonce()))),
                                provider().issuer()),
                "Cookie",
                "__Host-MESETA_BROWSER=" + browser.cookie());
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(provider().lastForm()).containsEntry("redirect_uri", first().url() + "/sign-in/answer");
        assertThat(first().nobody()
                        .get("/auth/session", "Cookie", "MESETA_SESSION=" + there.cookie("MESETA_SESSION"))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void nobody_is_led_to_another_site() {
        for (String address : List.of(
                "https://evil.example/",
                "//evil.example/",
                "/\\\\evil.example/",
                "\\\\\\\\evil.example",
                "/vms\\\\..",
                "/\\tevil",
                "/ evil",
                "javascript:alert(1)",
                "",
                "vms",
                "/" + "x".repeat(2000))) {
            ApiClient.Answer answer =
                    first().nobody().post("/auth/oidc/begin", "{\"returnTo\":\"%s\"}".formatted(address));
            assertThat(answer.status()).as(address).isEqualTo(400);
        }
    }

    @Test
    void step_up_is_what_the_provider_says_was_shown_just_now_by_the_same_person() {
        String subject = newSubject();
        Browser browser = signedIn(first(), subject);
        ApiClient.Answer refused = delete(browser);
        assertThat(refused.code()).isEqualTo("STEP_UP_REQUIRED");
        assertThat(refused.json().path("factors").toString()).isEqualTo("[\"PROVIDER_SECOND\"]");

        Map<String, Forged> wrong = new LinkedHashMap<>();
        wrong.put("one factor", claims -> provider().signed(claims));
        wrong.put("long ago", claims -> provider().signed(with(with(claims, "acr", "mfa"), "auth_time", now() - 3600)));
        wrong.put("nobody says when", claims -> provider().signed(with(with(claims, "acr", "mfa"), "auth_time", null)));
        wrong.put(
                "yet to come",
                claims -> provider().signed(with(with(claims, "acr", "mfa"), "auth_time", now() + 3600)));
        wrong.put("somebody else", claims -> provider().signed(with(with(claims, "acr", "mfa"), "sub", newSubject())));
        wrong.put("a level of no name", claims -> provider().signed(with(claims, "acr", List.of("mfa"))));
        wrong.forEach((name, forge) -> {
            Departure departure = browser.beginStepUp();
            assertThat(departure.query())
                    .containsEntry("acr_values", "mfa")
                    .containsEntry("max_age", "0")
                    .containsEntry("prompt", "login");
            ApiClient.Answer answer = browser.answer(
                    departure.state(),
                    provider().code(forge.of(claims(subject, departure.nonce()))),
                    provider().issuer());
            if (!name.equals("yet to come")) {
                assertThat(answer.code()).as(name + answer.text()).isEqualTo("FACTOR_WRONG");
            }
            assertThat(delete(browser).code()).as(name).isEqualTo("STEP_UP_REQUIRED");
        });

        String session = browser.session();
        Departure departure = browser.beginStepUp();
        Map<String, Object> right = with(claims(subject, departure.nonce()), "acr", "mfa");
        assertThat(answer(browser, departure, right).status()).isEqualTo(200);
        assertThat(delete(browser).code()).isEqualTo("NOT_FOUND");
        assertThat(browser.session()).as("no new session").isEqualTo(session);
        assertThat(browser.post("/account/totp", "").code()).isEqualTo("FORBIDDEN");
    }

    @Test
    void a_step_up_ends_in_the_session_it_began_in() {
        String subject = newSubject();
        Browser browser = signedIn(first(), subject);
        Departure departure = browser.beginStepUp();
        Map<String, Object> right = with(claims(subject, departure.nonce()), "acr", "mfa");
        ApiClient.Answer elsewhere = first().nobody()
                .post(
                        "/auth/oidc/answer",
                        "{\"state\":\"%s\",\"code\":\"%s\",\"iss\":\"%s\"}"
                                .formatted(
                                        departure.state(),
                                        provider().code(provider().signed(right)),
                                        provider().issuer()),
                        "Cookie",
                        "__Host-MESETA_BROWSER=" + browser.cookie());
        assertThat(elsewhere.status()).isEqualTo(401);
        assertThat(delete(browser).code()).isEqualTo("STEP_UP_REQUIRED");
    }

    @Test
    void a_token_of_the_provider_is_good_for_the_api_when_it_is_meant_for_it() {
        String subject = newSubject();
        Map<String, Object> good = accessClaims(subject);
        assertThat(withToken("/vms", provider().signed(good)).status()).isEqualTo(200);
        assertThat(withToken("/vms", provider().signed(good, "at+jwt")).status())
                .isEqualTo(200);

        Map<String, String> bad = new LinkedHashMap<>();
        bad.put("unsigned", FakeProvider.unsigned(good));
        bad.put("HS256 with the public key", provider().signedWithThePublicKey(good));
        bad.put("another's key of the same name", provider().signedByAnother(good));
        bad.put("unknown key", provider().signedWithUnknownKey(good));
        bad.put("wrong issuer", provider().signed(with(good, "iss", "https://evil.example/realms/test")));
        bad.put("wrong audience", provider().signed(with(good, "aud", "account")));
        bad.put("no audience", provider().signed(with(good, "aud", null)));
        bad.put("expired", provider().signed(expired(good)));
        bad.put("without end", provider().signed(with(good, "exp", null)));
        bad.put("not yet", provider().signed(with(good, "nbf", now() + 600)));
        bad.put("ID token", provider().signed(claims(subject, "n")));
        bad.put("ID token with the audience", provider().signed(with(claims(subject, "n"), "aud", "meseta-api")));
        bad.put("refresh token", provider().signed(with(good, "typ", "Refresh")));
        bad.put("logout token", provider().signed(with(logoutClaims(subject), "aud", "meseta-api"), "logout+jwt"));
        bad.put("logout token as any other", provider().signed(with(logoutClaims(subject), "aud", "meseta-api")));
        bad.put("bound to a key", provider().signed(with(good, "cnf", Map.of("jkt", "x"))));
        bad.put("nonsense", "a.b.c");
        bad.forEach((name, token) ->
                assertThat(withToken("/vms", token).status()).as(name).isEqualTo(401));
        assertThat(withToken("/vms", provider().signed(with(accessClaims(newSubject()), "meseta_groups", List.of())))
                        .code())
                .isEqualTo("NO_GROUP");
    }

    @Test
    void a_token_does_what_is_dangerous_only_when_it_says_that_two_factors_were_shown_lately() {
        String subject = newSubject();
        Map<String, Object> one = accessClaims(subject);
        Map<String, Object> two = with(one, "acr", "mfa");
        assertThat(deleteWith(one).code()).isEqualTo("STEP_UP_REQUIRED");
        assertThat(deleteWith(with(two, "auth_time", now() - 3600)).code()).isEqualTo("STEP_UP_REQUIRED");
        assertThat(deleteWith(with(two, "auth_time", now() + 3600)).code()).isEqualTo("STEP_UP_REQUIRED");
        assertThat(deleteWith(with(two, "auth_time", null)).code()).isEqualTo("STEP_UP_REQUIRED");
        assertThat(deleteWith(two).code()).isEqualTo("NOT_FOUND");
        assertThat(first().nobody()
                        .post(
                                "/account/totp",
                                "",
                                "Authorization",
                                "Bearer " + provider().signed(two))
                        .status())
                .as("no token changes how a person signs in")
                .isEqualTo(403);
    }

    private static ApiClient.Answer deleteWith(Map<String, Object> claims) {
        return delete(first().nobody(), "Authorization", "Bearer " + provider().signed(claims));
    }

    @Test
    void logging_out_at_the_provider_ends_the_session_at_every_manager_and_what_comes_late() {
        String subject = newSubject();
        Browser here = signedIn(first(), subject);
        Browser there = signedIn(second(), subject);
        Browser other = signedIn(first(), newSubject());
        Browser late = first().browser();
        Departure departure = late.begin();
        Map<String, Object> lateClaims = claims(subject, departure.nonce());
        String token = provider().signed(logoutClaims(subject), "logout+jwt");

        ApiClient.Answer done = logOut(second(), token);
        assertThat(done.status()).as(done.text()).isEqualTo(200);
        assertThat(done.header("Cache-Control")).contains("no-store");
        assertThat(here.sessionStatus()).isEqualTo(401);
        assertThat(there.sessionStatus()).isEqualTo(401);
        assertThat(other.sessionStatus()).isEqualTo(200);
        assertThat(answer(late, departure, lateClaims).status())
                .as("a code of the session that has ended")
                .isEqualTo(401);
        assertThat(late.session()).isEmpty();
        assertThat(withToken("/vms", provider().signed(accessClaims(subject))).status())
                .as("a token of it")
                .isEqualTo(401);
        assertThat(logOut(first(), token).status()).as("replayed").isEqualTo(400);
    }

    @Test
    void logging_out_somebody_ends_all_their_sessions() {
        String subject = newSubject();
        Browser here = signedIn(first(), subject);
        Map<String, Object> all = with(logoutClaims(subject), "sid", null);
        assertThat(logOut(second(), provider().signed(all)).status()).isEqualTo(200);
        assertThat(here.sessionStatus()).isEqualTo(401);
    }

    @Test
    void bad_logout_tokens_end_nothing() {
        String subject = newSubject();
        Browser browser = signedIn(first(), subject);
        Map<String, Object> good = logoutClaims(subject);
        Map<String, String> bad = new LinkedHashMap<>();
        bad.put("unsigned", FakeProvider.unsigned(good));
        bad.put("HS256 with the public key", provider().signedWithThePublicKey(good));
        bad.put("another's key", provider().signedByAnother(good));
        bad.put("wrong audience", provider().signed(with(good, "aud", "another-client")));
        bad.put("wrong issuer", provider().signed(with(good, "iss", "https://evil.example")));
        bad.put("expired", provider().signed(expired(good)));
        bad.put("with a nonce", provider().signed(with(good, "nonce", "n")));
        bad.put("no event", provider().signed(with(good, "events", null)));
        bad.put("another event", provider().signed(with(good, "events", Map.of("http://example/event", Map.of()))));
        bad.put("event of no kind", provider().signed(with(good, "events", Map.of(LOGOUT_EVENT, "yes"))));
        bad.put("no id", provider().signed(with(good, "jti", null)));
        bad.put("nobody", provider().signed(with(with(good, "sub", null), "sid", null)));
        bad.put("ID token", provider().signed(claims(subject, "n")));
        bad.put("nonsense", "nonsense");
        bad.put("nothing", "");
        bad.forEach((name, token) -> {
            ApiClient.Answer answer = logOut(first(), token);
            assertThat(answer.status()).as(name + ": " + answer.text()).isEqualTo(400);
        });
        assertThat(browser.sessionStatus()).isEqualTo(200);
    }

    @Test
    void without_the_provider_people_of_meseta_sign_in_and_known_keys_go_on() {
        String token = provider().signed(accessClaims(newSubject()));
        assertThat(withToken("/vms", token).status()).isEqualTo(200);
        int fetches = provider().keyFetches();
        provider().down(true);
        try {
            Browser browser = first().browser();
            Departure departure = browser.begin();
            ApiClient.Answer answer =
                    browser.answer(departure.state(), "code", provider().issuer());
            assertThat(answer.code()).as(answer.text()).isEqualTo("IDENTITY_PROVIDER_UNAVAILABLE");
            assertThat(browser.session()).isEmpty();
            assertThat(withToken("/vms", token).status()).isEqualTo(200);
            assertThat(first().nobody()
                            .post(
                                    "/auth/login",
                                    "{\"username\":\"admin\",\"password\":\"%s\"}"
                                            .formatted(first().secret("admin.password")))
                            .status())
                    .isEqualTo(200);
            assertThat(provider().keyFetches()).isEqualTo(fetches);
        } finally {
            provider().down(false);
        }
    }

    @Test
    void a_manager_starts_without_its_provider_and_finds_it_when_it_is_there() throws IOException {
        try (FakeProvider late = new FakeProvider()) {
            late.down(true);
            try (ProviderManager alone = new ProviderManager(folder, "alone", TestPostgres.create(), late.issuer())) {
                ApiClient.Answer answer = alone.nobody().post("/auth/oidc/begin", "{\"returnTo\":\"/\"}");
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.code()).isEqualTo("IDENTITY_PROVIDER_UNAVAILABLE");
                assertThat(alone.api().get("/vms").status()).isEqualTo(200);
                late.down(false);
                ApiClient browser = alone.nobody();
                long giveUp = System.nanoTime() + 30_000_000_000L;
                while (browser.post("/auth/oidc/begin", "{\"returnTo\":\"/\"}").status() != 200) {
                    assertThat(System.nanoTime()).isLessThan(giveUp);
                    LockSupport.parkNanos(100_000_000);
                }
                late.down(true);
                String token = late.signed(with(accessClaims(newSubject()), "iss", late.issuer()));
                assertThat(alone.nobody()
                                .get("/vms", "Authorization", "Bearer " + token)
                                .code())
                        .as("its keys were never seen")
                        .isEqualTo("IDENTITY_PROVIDER_UNAVAILABLE");
            }
        }
    }

    @Test
    void an_api_token_ends_when_the_provider_is_silent_for_long() {
        String subject = newSubject();
        Browser browser = signedIn(first(), subject);
        ApiClient.Answer made = browser.post(
                "/tokens",
                "{\"name\":\"script\",\"expiresAt\":\"%s\"}"
                        .formatted(Instant.now().plusSeconds(3600)));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        String token = made.json().path("secret").asString();
        assertThat(withToken("/vms", token).status()).isEqualTo(200);
        first().jdbc()
                .sql("UPDATE oidc_identity SET heard_at = now() - interval '31 days' WHERE subject = ?")
                .param(subject)
                .update();
        assertThat(withToken("/vms", token).status()).isEqualTo(401);
        assertThat(signedIn(second(), subject).sessionStatus()).isEqualTo(200);
        assertThat(withToken("/vms", token).status()).isEqualTo(200);
    }

    @Test
    void the_audit_log_says_who_came_from_where_and_no_secret() {
        String subject = newSubject();
        Browser browser = first().browser();
        Departure departure = browser.begin();
        String code = provider().code(provider().signed(claims(subject, departure.nonce())));
        assertThat(browser.answer(departure.state(), code, provider().issuer()).status())
                .isEqualTo(200);
        String log = first().api().get("/audit/export").text();
        assertThat(log)
                .contains("POST /api/v1/auth/oidc/answer")
                .contains(subject)
                .contains(provider().issuer())
                .doesNotContain(code)
                .doesNotContain(departure.state())
                .doesNotContain(browser.cookie())
                .doesNotContain(browser.session());
    }
}
