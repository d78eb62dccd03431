package dev.meseta.manager.web;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import dev.meseta.manager.ApiClient;
import dev.meseta.manager.AuthenticatorApp;
import dev.meseta.manager.ManagerIntegrationTest;
import dev.meseta.manager.shared.Secrets;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Plants a secret of every kind there is, uses each as people and programs do, rightly and wrongly, and searches for all of
 * them where none may be: every table of the database (a dump holds nothing else), every list of the API, the exported audit
 * log, the metrics and the log, with more of it switched on than anybody runs.
 */
class CanarySecretsTest extends ManagerIntegrationTest {

    /** Not Spring Security, which then writes whole addresses, with whatever somebody put into one. */
    private static final List<String> TALKATIVE = List.of("dev.meseta", "org.springframework.web");

    @Autowired
    private List<RequestMappingHandlerMapping> mappings;

    private final Map<String, String> planted = new LinkedHashMap<>();
    private final Queue<String> logged = new ConcurrentLinkedQueue<>();
    private final AppenderBase<ILoggingEvent> ear = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            IThrowableProxy thrown = event.getThrowableProxy();
            logged.add(event.getFormattedMessage() + (thrown == null ? "" : ThrowableProxyUtil.asString(thrown)));
        }
    };

    @BeforeEach
    void listen() {
        Logger root = root();
        ear.setContext(root.getLoggerContext());
        ear.start();
        root.addAppender(ear);
        TALKATIVE.forEach(name -> logger(name).setLevel(Level.DEBUG));
    }

    @AfterEach
    void listenNoMore() {
        root().detachAppender(ear);
        ear.stop();
        TALKATIVE.forEach(name -> logger(name).setLevel(null));
    }

    private static Logger root() {
        return logger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    private static Logger logger(String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }

    private String plant(String what, String secret) {
        assertThat(secret).as(what).hasSizeGreaterThan(7);
        planted.put(what, secret);
        return secret;
    }

    private static ApiClient.Answer post(ApiClient browser, String path, String body) {
        return browser.post(path, body, "X-XSRF-TOKEN", browser.cookie("XSRF-TOKEN"));
    }

    private static ApiClient.Answer done(ApiClient.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isBetween(200, 299);
        return answer;
    }

    private static String login(String name, String password) {
        return "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(name, password);
    }

    /** Signs in with everything, changes everything, and gets everything wrong as well. */
    private void liveThroughADay() {
        String name = "canary-" + UUID.randomUUID();
        String password = plant("password", "canary-password-" + UUID.randomUUID());
        done(api.post(
                "/users",
                "{\"name\":\"%s\",\"password\":\"%s\"}".formatted(name, password),
                "Idempotency-Key",
                "canary-user-" + UUID.randomUUID()));
        assertThat(api.post("/users", "{\"name\":\"%s\",\"password\":\"%s\"}".formatted(name, password))
                        .status())
                .as("taken")
                .isEqualTo(409);
        api.post("/users", "{\"name\":\"x y\",\"password\":\"%s\",\"other\":1}".formatted(password));

        ApiClient browser = anonymousAt("127.0.11.1");
        String wrong = plant("wrong password", "canary-wrong-" + UUID.randomUUID());
        assertThat(browser.post("/auth/login", login(name, wrong)).status()).isEqualTo(401);
        browser.post("/auth/login", login(name, wrong) + "}");
        done(browser.post("/auth/login", login(name, password)));
        plant("session", browser.cookie("MESETA_SESSION"));

        String wanted = plant("new password", "canary-changed-" + UUID.randomUUID());
        String change = "{\"present\":\"%s\",\"wanted\":\"%s\"}";
        assertThat(post(browser, "/account/password", change.formatted(wrong, wanted))
                        .status())
                .isEqualTo(400);
        done(post(browser, "/account/password", change.formatted(password, wanted)));

        String totp = plant(
                "authenticator secret",
                done(post(browser, "/account/totp", "")).json().path("secret").asString());
        ApiClient.Answer confirmed = done(
                post(browser, "/account/totp/confirm", "{\"code\":\"%s\"}".formatted(AuthenticatorApp.code(totp, -1))));
        int number = 0;
        for (var code : confirmed.json().path("recoveryCodes")) {
            plant("recovery code " + ++number, code.asString());
        }

        ApiClient second = anonymousAt("127.0.11.2");
        String pending = plant(
                "first step",
                second.post("/auth/login", login(name, wanted))
                        .json()
                        .path("pending")
                        .asString());
        String step = "{\"pending\":\"%s\",\"recoveryCode\":\"%s\"}";
        second.post("/auth/mfa", step.formatted(pending, "AAAA-AAAA-AAAA-AAAA"));
        done(second.post("/auth/mfa", step.formatted(pending, planted.getOrDefault("recovery code 1", ""))));

        String end = Instant.now().plus(Duration.ofDays(1)).toString();
        String token = plant(
                "API token",
                done(api.post(
                                "/tokens",
                                "{\"name\":\"canary\",\"expiresAt\":\"%s\"}".formatted(end),
                                "Idempotency-Key",
                                "canary-token-" + UUID.randomUUID()))
                        .json()
                        .path("secret")
                        .asString());
        ApiClient program = anonymousAt("127.0.11.3").withHeader("Authorization", "Bearer " + token);
        done(program.get("/vms"));
        program.post("/vms", "{\"name\":7}");
        program.send("DELETE", "/vms/" + UUID.randomUUID(), BodyPublishers.noBody());
        String unknown = plant("unknown token", "meseta_canary" + UUID.randomUUID());
        anonymousAt("127.0.11.4")
                .withHeader("Authorization", "Bearer " + unknown)
                .get("/vms");
        String basic = plant("basic credential", "Y2FuYXJ5OmNhbmFyeS1iYXNpYw==");
        anonymousAt("127.0.11.5").withHeader("Authorization", "Basic " + basic).get("/vms");
        String inUrl = plant("token in an address", "canary-url-" + UUID.randomUUID());
        anonymousAt("127.0.11.6").post("/vms?access_token=" + inUrl, "{}");

        plant(
                "enrolment token",
                done(api.post(
                                "/hosts/enrolment-tokens",
                                "{\"hostName\":\"canary-host-%s\"}".formatted(UUID.randomUUID()),
                                "Idempotency-Key",
                                "canary-enrolment-" + UUID.randomUUID()))
                        .json()
                        .path("token")
                        .asString());
        plant("administrator's token", secret("admin.token"));
        plant("administrator's password", secret("admin.password"));
    }

    @Test
    void no_secret_is_where_somebody_may_read_it() {
        liveThroughADay();
        assertThat(planted).hasSizeGreaterThan(20);

        List<String> found = new ArrayList<>();
        planted.forEach((what, secret) -> {
            for (String line : logged) {
                if (line.contains(secret)) {
                    found.add("%s in the log: %s"
                            .formatted(what, line.lines().findFirst().orElse("")));
                }
            }
        });
        found.addAll(foundInTables());
        found.addAll(foundInAnswers());
        assertThat(found).isEmpty();
        assertThat(logged).as("the log was listened to").isNotEmpty();
    }

    @Test
    void the_search_finds_what_is_there() {
        String name = plant("name of a user", "canary-name-" + UUID.randomUUID());
        done(api.post("/users", "{\"name\":\"%s\",\"password\":\"a long password for it\"}".formatted(name)));
        assertThat(foundInTables()).anyMatch(where -> where.contains("user_account"));
        assertThat(foundInAnswers()).anyMatch(where -> where.contains("/users"));

        plant("stored token", "canary-" + UUID.randomUUID());
        jdbc.sql("UPDATE user_account SET password_hash = :planted WHERE name = :name")
                .param("planted", "{x}" + planted.getOrDefault("stored token", ""))
                .param("name", name)
                .update();
        assertThat(foundInTables()).anyMatch(where -> where.startsWith("stored token in table user_account"));
    }

    /** As text, and as the bytes that a column of bytes would hold. */
    private List<String> foundInTables() {
        List<String> found = new ArrayList<>();
        List<String> tables = texts("""
                        SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) FROM information_schema.tables
                        WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')""");
        assertThat(tables).hasSizeGreaterThan(30);
        for (String table : tables) {
            // The name comes from the catalogue, quoted by it.
            List<String> rows = texts("SELECT CAST(t AS text) FROM " + table + " t");
            planted.forEach((what, secret) -> {
                String bytes = HexFormat.of().formatHex(secret.getBytes(StandardCharsets.UTF_8));
                if (rows.stream().anyMatch(row -> row.contains(secret) || row.contains(bytes))) {
                    found.add(what + " in table " + table.substring(table.indexOf('.') + 1));
                }
            });
        }
        return found;
    }

    private List<String> texts(String sql) {
        return jdbc.sql(sql)
                .query((row, number) -> Objects.requireNonNullElse(row.getString(1), ""))
                .list();
    }

    private List<String> foundInAnswers() {
        List<String> found = new ArrayList<>();
        Set<String> paths = readableLists();
        assertThat(paths).hasSizeGreaterThan(20);
        for (String path : paths) {
            String text = api.get(path).text();
            planted.forEach((what, secret) -> {
                if (text.contains(secret)) {
                    found.add(what + " in the answer to GET " + path);
                }
            });
        }
        return found;
    }

    /** Every route that is read without naming an object; streams never end. */
    private Set<String> readableLists() {
        Set<String> paths = new TreeSet<>();
        for (RequestMappingHandlerMapping mapping : mappings) {
            for (RequestMappingInfo info : mapping.getHandlerMethods().keySet()) {
                boolean reads = info.getMethodsCondition().getMethods().isEmpty()
                        || info.getMethodsCondition().getMethods().contains(RequestMethod.GET);
                for (String pattern : info.getPatternValues()) {
                    if (reads
                            && pattern.startsWith("/api/v1/")
                            && !pattern.contains("{")
                            && !pattern.endsWith("/stream")) {
                        paths.add(pattern.substring("/api/v1".length()));
                    }
                }
            }
        }
        return paths;
    }

    /** What is compared with is what the database has, and not the secret. */
    @Test
    void tokens_are_kept_as_their_hash() {
        String end = Instant.now().plus(Duration.ofDays(1)).toString();
        String token = api.post("/tokens", "{\"name\":\"hashed\",\"expiresAt\":\"%s\"}".formatted(end))
                .json()
                .path("secret")
                .asString();
        assertThat(jdbc.sql("SELECT count(*) FROM api_token WHERE hash = :hash")
                        .param("hash", Secrets.hash(token))
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
    }
}
