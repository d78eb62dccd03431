package dev.meseta.manager.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ApiClient;
import dev.meseta.manager.ManagerIntegrationTest;
import dev.meseta.manager.identity.OpenToAnyone;
import dev.meseta.manager.identity.RequiresPermission;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springdoc.webmvc.api.OpenApiResource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Every route there is, found by asking the application and not by a list kept by hand. */
class EndpointsTest extends ManagerIntegrationTest {

    @Autowired
    private List<RequestMappingHandlerMapping> mappings;

    private record Route(String method, String path, HandlerMethod handler) {
        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        for (RequestMappingHandlerMapping mapping : mappings) {
            for (Map.Entry<RequestMappingInfo, HandlerMethod> entry :
                    mapping.getHandlerMethods().entrySet()) {
                Set<RequestMethod> methods =
                        entry.getKey().getMethodsCondition().getMethods();
                for (String pattern : entry.getKey().getPatternValues()) {
                    if (methods.isEmpty()) {
                        routes.add(new Route("GET", pattern, entry.getValue()));
                    }
                    methods.forEach(method -> routes.add(new Route(method.name(), pattern, entry.getValue())));
                }
            }
        }
        return routes;
    }

    @Test
    void every_route_declares_its_permission_and_few_are_open() {
        Set<String> open = new TreeSet<>();
        Set<String> undeclared = new TreeSet<>();
        for (Route route : routes()) {
            if (route.handler().hasMethodAnnotation(OpenToAnyone.class)) {
                open.add(route.toString());
            } else if (!route.handler().hasMethodAnnotation(RequiresPermission.class)
                    && !OpenApiResource.class.isAssignableFrom(route.handler().getBeanType())) {
                undeclared.add(route.toString());
            }
        }
        assertThat(undeclared).isEmpty();
        assertThat(open)
                .containsExactly(
                        "GET /api/v1/auth/oidc",
                        "GET /api/v1/health",
                        "GET /error",
                        "POST /api/v1/auth/login",
                        "POST /api/v1/auth/mfa",
                        "POST /api/v1/auth/oidc/answer",
                        "POST /api/v1/auth/oidc/backchannel-logout",
                        "POST /api/v1/auth/oidc/begin",
                        "POST /api/v1/auth/passkey",
                        "POST /api/v1/auth/passkey/options");
    }

    @Test
    void every_other_route_answers_401_to_no_bad_or_ended_credentials() {
        // Each from an address of its own, or they would be told that there are too many requests.
        Map<String, ApiClient> strangers = Map.of(
                "nobody", anonymousAt("127.0.2.1"),
                "unknown token",
                        anonymousAt("127.0.2.2")
                                .withHeader("Authorization", "Bearer meseta_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
                "empty token", anonymousAt("127.0.2.3").withHeader("Authorization", "Bearer "),
                "token with a quote", anonymousAt("127.0.2.4").withHeader("Authorization", "Bearer ' OR '1'='1"),
                "basic", anonymousAt("127.0.2.5").withHeader("Authorization", "Basic YWRtaW46YWRtaW4="),
                "unknown session",
                        anonymousAt("127.0.2.6")
                                .withHeader("Cookie", "MESETA_SESSION=0123456789ABCDEF; XSRF-TOKEN=x")
                                .withHeader("X-XSRF-TOKEN", "x"),
                "ended session", endedSession("127.0.2.7"));
        List<String> leaks = new ArrayList<>();
        for (Route route : routes()) {
            if (!route.path().startsWith("/api") || route.handler().hasMethodAnnotation(OpenToAnyone.class)) {
                continue;
            }
            String path = "/" + route.path().replaceAll("\\{[^}]*}", "0198c0de-0000-7000-8000-000000000000");
            strangers.forEach((name, stranger) -> {
                int status = stranger.send(route.method(), path, BodyPublishers.ofString("{}"))
                        .status();
                if (status != 401) {
                    leaks.add("%s by %s: %d".formatted(route, name, status));
                }
            });
        }
        assertThat(leaks).isEmpty();
    }

    @Test
    void nothing_of_the_framework_answers() {
        assertThat(anonymous().get("//actuator").text()).doesNotContain("_links");
        assertThat(anonymous().get("//actuator/health").text()).doesNotContain("UP");
        assertThat(anonymous().get("//v3/api-docs").text()).doesNotContain("openapi");
        assertThat(anonymous().get("/openapi.json.yaml").status()).isEqualTo(401);
    }

    private ApiClient endedSession(String address) {
        ApiClient client = anonymousAt(address);
        assertThat(client.post(
                                "/auth/login",
                                "{\"username\":\"admin\",\"password\":\"%s\"}".formatted(secret("admin.password")))
                        .status())
                .isEqualTo(200);
        String session = client.cookie("MESETA_SESSION");
        String csrf = client.cookie("XSRF-TOKEN");
        assertThat(client.post("/auth/logout", "", "X-XSRF-TOKEN", csrf).status())
                .isEqualTo(204);
        return anonymousAt(address)
                .withHeader("Cookie", "MESETA_SESSION=%s; XSRF-TOKEN=%s".formatted(session, csrf))
                .withHeader("X-XSRF-TOKEN", csrf);
    }
}
