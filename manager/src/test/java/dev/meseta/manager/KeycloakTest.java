package dev.meseta.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meseta.manager.ProviderManager.Browser;
import dev.meseta.manager.ProviderManager.Departure;
import dev.meseta.manager.database.TestPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A manager with Keycloak itself, whose forms are filled in as a browser's are. */
@Tag("e2e")
class KeycloakTest {

    private static final String SUPERUSERS = "6d657365-7461-4000-8000-000000000001";
    private static final String VM = "/vms/0198c0de-0000-7000-8000-000000000000";
    private static final String PROGRAM_ADDRESS = "http://127.0.0.1/back";
    private static final String VERIFIER = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP";
    /** SHA-256 of {@link #VERIFIER}, base64url. */
    private static final String CHALLENGE = "tqzmn1ZwapzWQuLKJQU8Pc3YpSVMp20LVU8D5-6qmDU";

    @TempDir
    private static Path folder;

    private static Optional<RealKeycloak> keycloak = Optional.empty();
    private static Optional<ProviderManager> manager = Optional.empty();

    @BeforeAll
    static void start() throws IOException {
        assumeTrue(RealKeycloak.home().isPresent(), "Keycloak is unpacked with -Dmeseta.keycloak.skip=false only");
        RealKeycloak made = new RealKeycloak();
        keycloak = Optional.of(made);
        Path secret = Files.writeString(folder.resolve("client.secret"), RealKeycloak.CLIENT_SECRET + "\n");
        manager = Optional.of(new ProviderManager(
                folder,
                "manager",
                TestPostgres.create(),
                made.issuer(),
                "--meseta.identity.oidc.client-secret-file=" + secret));
        manager().superusers(SUPERUSERS);
        made.start(manager().url(), manager().caFile());
    }

    @AfterAll
    static void stop() throws IOException {
        manager.ifPresent(ProviderManager::close);
        if (keycloak.isPresent()) {
            keycloak.get().close();
        }
    }

    private static RealKeycloak keycloak() {
        return keycloak.orElseThrow();
    }

    private static ProviderManager manager() {
        return manager.orElseThrow();
    }

    /** Keycloak's own pages in somebody's browser. */
    private static final class Pages {

        private static final Pattern ACTION = Pattern.compile("action=\"([^\"]+)\"");

        private final Map<String, String> cookies = new LinkedHashMap<>();
        private final String username;
        private int passwords;
        private int codes;

        Pages(String username) {
            this.username = username;
        }

        /** Fills in what is asked for, until the browser is sent away from Keycloak. */
        Map<String, String> answer(URI url) {
            HttpRequest.Builder request = HttpRequest.newBuilder(url);
            while (true) {
                HttpResponse<String> response =
                        keycloak().send(cookies.isEmpty() ? request : request.header("Cookie", cookieHeader()));
                response.headers().allValues("Set-Cookie").forEach(this::keep);
                Optional<String> location = response.headers().firstValue("Location");
                if (location.isPresent()
                        && !location.get().startsWith(keycloak().base())) {
                    return FakeProvider.form(URI.create(location.get()).getRawQuery());
                }
                request = location.map(to -> HttpRequest.newBuilder(URI.create(to)))
                        .orElseGet(() -> filledIn(response.body()));
            }
        }

        private HttpRequest.Builder filledIn(String page) {
            Matcher action = ACTION.matcher(page);
            assertThat(action.find()).as(page).isTrue();
            Map<String, String> fields;
            if (page.contains("name=\"otp\"")) {
                codes++;
                fields = Map.of("otp", code());
            } else {
                assertThat(page).contains("name=\"password\"");
                passwords++;
                fields = Map.of("username", username, "password", RealKeycloak.PASSWORD);
            }
            return HttpRequest.newBuilder(URI.create(action.group(1).replace("&amp;", "&")))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString(RealKeycloak.form(fields)));
        }

        private void keep(String setCookie) {
            String[] pair = setCookie.split(";", 2)[0].split("=", 2);
            if (setCookie.contains("Max-Age=0")) {
                cookies.remove(pair[0]);
            } else {
                cookies.put(pair[0], pair[1]);
            }
        }

        private String cookieHeader() {
            return String.join(
                    "; ", cookies.entrySet().stream().map(Map.Entry::toString).toList());
        }
    }

    private static String code() {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(RealKeycloak.OTP_SECRET.getBytes(StandardCharsets.US_ASCII), "HmacSHA1"));
            byte[] hash = mac.doFinal(ByteBuffer.allocate(8)
                    .putLong(Instant.now().getEpochSecond() / 30)
                    .array());
            return "%06d".formatted((ByteBuffer.wrap(hash).getInt(hash[19] & 15) & 0x7fffffff) % 1_000_000);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ApiClient.Answer arrive(Browser browser, Map<String, String> brought) {
        return browser.answer(brought.getOrDefault("state", ""), brought.getOrDefault("code", ""), brought.get("iss"));
    }

    private static ApiClient.Answer signIn(Browser browser, Pages pages) {
        Departure departure = browser.begin();
        return arrive(browser, pages.answer(departure.url()));
    }

    private static ApiClient.Answer delete(Browser browser) {
        return browser.client()
                .send(
                        "DELETE",
                        VM,
                        BodyPublishers.noBody(),
                        "X-XSRF-TOKEN",
                        browser.client().cookie("XSRF-TOKEN"));
    }

    private static void await(String what, BooleanSupplier condition) {
        long giveUp = System.nanoTime() + 30_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(giveUp);
            LockSupport.parkNanos(50_000_000);
        }
    }

    /** A token for a program that uses the API, got in the same browser. */
    private static String accessToken(Pages pages, String more) {
        URI url = URI.create(keycloak().issuer() + "/protocol/openid-connect/auth?response_type=code&scope=openid"
                + "&client_id=meseta-cli&state=s&code_challenge_method=S256&code_challenge="
                + CHALLENGE + "&redirect_uri=" + PROGRAM_ADDRESS + more);
        String code = pages.answer(url).getOrDefault("code", "");
        return keycloak()
                .post(
                        "/realms/meseta/protocol/openid-connect/token",
                        Map.of(
                                "grant_type", "authorization_code",
                                "client_id", "meseta-cli",
                                "code", code,
                                "redirect_uri", PROGRAM_ADDRESS,
                                "code_verifier", VERIFIER))
                .path("access_token")
                .asString();
    }

    @Test
    void from_the_first_sign_in_by_step_up_to_logging_out_at_keycloak() {
        Browser browser = manager().browser();
        Pages pages = new Pages("anna");
        ApiClient.Answer in = signIn(browser, pages);
        assertThat(in.status()).as(in.text()).isEqualTo(200);
        assertThat(in.json().path("session").path("username").asString()).isEqualTo("Keycloak/anna");
        assertThat(pages.passwords).isEqualTo(1);
        assertThat(pages.codes).isZero();
        assertThat(browser.client().get("/vms").status()).isEqualTo(200);

        assertThat(delete(browser).code()).isEqualTo("STEP_UP_REQUIRED");
        Departure again = browser.beginStepUp();
        ApiClient.Answer stepped = arrive(browser, pages.answer(again.url()));
        assertThat(stepped.status()).as(stepped.text()).isEqualTo(200);
        assertThat(pages.passwords).as("shown again").isEqualTo(2);
        assertThat(pages.codes).isEqualTo(1);
        assertThat(delete(browser).code()).isEqualTo("NOT_FOUND");
        assertThat(browser.client()
                        .get("/sessions")
                        .json()
                        .path("items")
                        .get(0)
                        .path("factors")
                        .toString())
                .isEqualTo("[\"PROVIDER\",\"PROVIDER_SECOND\"]");

        String strong = accessToken(pages, "");
        assertThat(withToken("GET", "/vms", strong).status()).isEqualTo(200);
        assertThat(withToken("DELETE", VM, strong).code())
                .as("of a session that has shown two factors")
                .isEqualTo("NOT_FOUND");
        String weak = accessToken(new Pages("anna"), "");
        assertThat(withToken("GET", "/vms", weak).status()).isEqualTo(200);
        assertThat(withToken("DELETE", VM, weak).code()).isEqualTo("STEP_UP_REQUIRED");

        keycloak().admin("POST", "/users/" + keycloak().userId("anna") + "/logout");
        await("Keycloak to tell the manager", () -> browser.sessionStatus() == 401);
        assertThat(withToken("GET", "/vms", strong).status())
                .as("a token of the session that has ended")
                .isEqualTo(401);
        assertThat(manager().api().get("/audit/export").text())
                .contains("POST /api/v1/auth/oidc/backchannel-logout")
                .contains("endedSessions");
    }

    private static ApiClient.Answer withToken(String method, String path, String token) {
        return manager().nobody().send(method, path, BodyPublishers.noBody(), "Authorization", "Bearer " + token);
    }

    @Test
    void whoever_keycloak_has_in_no_group_is_told_so_until_they_are_put_into_one() {
        Browser browser = manager().browser();
        Pages pages = new Pages("bert");
        ApiClient.Answer refused = signIn(browser, pages);
        assertThat(refused.code()).isEqualTo("NO_GROUP");
        assertThat(refused.json().path("detail").asString()).contains("bert");
        assertThat(browser.session()).isEmpty();

        String membership = "/users/" + keycloak().userId("bert") + "/groups/" + SUPERUSERS;
        keycloak().admin("PUT", membership);
        assertThat(signIn(browser, pages).status()).isEqualTo(200);
        assertThat(pages.passwords).as("Keycloak remembers").isEqualTo(1);
        keycloak().admin("DELETE", membership);
        assertThat(signIn(manager().browser(), pages).code()).isEqualTo("NO_GROUP");
        assertThat(browser.sessionStatus()).as("elsewhere too").isEqualTo(401);
    }

    @Test
    void a_code_of_keycloak_is_good_once_and_for_the_browser_that_asked() {
        Browser browser = manager().browser();
        Map<String, String> brought = new Pages("anna").answer(browser.begin().url());
        assertThat(arrive(manager().browser(), brought).status()).isEqualTo(401);
        assertThat(arrive(browser, brought).status()).isEqualTo(200);
        assertThat(arrive(browser, brought).status()).isEqualTo(401);
    }
}
