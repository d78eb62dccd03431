package dev.meseta.manager.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ApiClient;
import dev.meseta.manager.ApiClient.Answer;
import dev.meseta.manager.ManagerIntegrationTest;
import dev.meseta.manager.database.TestRows;
import dev.meseta.manager.shared.Secrets;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Every endpoint there is, with every seeded role on one data center, about objects there and about another tenant's. */
class AccessMatrixTest extends ManagerIntegrationTest {

    @Autowired
    private List<RequestMappingHandlerMapping> mappings;

    private record Route(String method, String path, Permission permission) {}

    /** A data center with one object of each kind, by the first word of its path. */
    private Map<String, UUID> tenant() {
        TestRows rows = new TestRows(jdbc);
        Map<String, UUID> tenant = new HashMap<>();
        UUID center = rows.dataCenter();
        UUID cluster = rows.cluster(center);
        UUID vm = rows.vm(cluster);
        UUID host = rows.host(cluster, "host-of-" + cluster);
        UUID domain = UUID.randomUUID();
        UUID image = UUID.randomUUID();
        UUID network = UUID.randomUUID();
        jdbc.sql("INSERT INTO vm_observed (vm_id, status, status_since) VALUES (:id, 'DOWN', now())")
                .param("id", vm)
                .update();
        jdbc.sql("INSERT INTO host_observed (host_id, status, status_since) VALUES (:id, 'DOWN', now())")
                .param("id", host)
                .update();
        jdbc.sql("""
                        INSERT INTO storage_domain (id, data_center_id, name, kind, path, created_at)
                        VALUES (:id, :center, CAST(:id AS text), 'SHARED_DIRECTORY', '/nowhere', now())""").param("id", domain).param("center", center).update();
        jdbc.sql("""
                        INSERT INTO image (id, storage_domain_id, name, status, created_at)
                        VALUES (:id, :domain, CAST(:id AS text), 'READY', now())""").param("id", image).param("domain", domain).update();
        jdbc.sql("""
                        INSERT INTO network (id, data_center_id, name, vni, mtu, subnet, created_at)
                        VALUES (:id, :center, CAST(:id AS text), :vni, 1400, '10.9.0.0/24', now())""")
                .param("id", network)
                .param("center", center)
                .param("vni", ThreadLocalRandom.current().nextInt(1_000_000, 16_000_000))
                .update();
        tenant.put("datacenters", center);
        tenant.put("clusters", cluster);
        tenant.put("vms", vm);
        tenant.put("hosts", host);
        tenant.put("storage-domains", domain);
        tenant.put("images", image);
        tenant.put("networks", network);
        tenant.put("tasks", rows.task(vm));
        return tenant;
    }

    private List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        for (RequestMappingHandlerMapping mapping : mappings) {
            for (Map.Entry<RequestMappingInfo, HandlerMethod> entry :
                    mapping.getHandlerMethods().entrySet()) {
                RequiresPermission declared = entry.getValue().getMethodAnnotation(RequiresPermission.class);
                if (declared == null) {
                    continue;
                }
                for (String pattern : entry.getKey().getPatternValues()) {
                    // The stream has no end, and sign-out would end the test.
                    if (!pattern.endsWith("/stream") && !pattern.endsWith("/logout")) {
                        for (RequestMethod method :
                                entry.getKey().getMethodsCondition().getMethods()) {
                            routes.add(new Route(method.name(), pattern, declared.value()));
                        }
                    }
                }
            }
        }
        return routes;
    }

    private ApiClient holderOf(SeededRole role, UUID dataCenter) {
        UUID user = UUID.randomUUID();
        String secret = "meseta_matrix_" + user;
        jdbc.sql(
                        "INSERT INTO user_account (id, name, password_hash, created_at) VALUES (:id, CAST(:id AS text), '', now())")
                .param("id", user)
                .update();
        jdbc.sql(
                        "INSERT INTO api_token (id, user_id, name, hash, created_at, pre_authorised) VALUES (:id, :id, 'matrix', :hash, now(), 'ALL')")
                .param("id", user)
                .param("hash", Secrets.hash(secret))
                .update();
        jdbc.sql("""
                        INSERT INTO access_grant (id, user_id, role_id, scope_kind, scope_id, effect, created_by, created_at)
                        VALUES (:id, :id, :role, 'DATA_CENTER', :scope, 'ALLOW', 'test', now())""")
                .param("id", user)
                .param("role", role.id())
                .param("scope", dataCenter)
                .update();
        return anonymous().withHeader("Authorization", "Bearer " + secret);
    }

    /** What is asked for, where asking for nothing would be refused before anybody is asked whether it is allowed. */
    private static String body(Route route, Map<String, UUID> tenant) {
        String text = switch (route.method() + " " + route.path().substring("/api/v1".length())) {
            case "POST /vms" -> """
                        {"name": "matrix", "vcpus": 1, "memoryMiB": 64, "clusterId": "$clusters", "imageId": "$images",
                         "networkId": "$networks"}""";
            case "POST /vms/actions" -> """
                        {"action": "START", "vmIds": ["$vms"]}""";
            case "PATCH /vms/{id}" -> """
                        {"description": "of the matrix"}""";
            case "PATCH /vms/{id}/migration" -> """
                        {"maxDowntimeMs": 300}""";
            case "POST /vms/{id}/console" -> """
                        {"kind": "VNC"}""";
            case "POST /images" -> """
                        {"name": "matrix", "incomingFile": "matrix.qcow2", "storageDomainId": "$storage-domains"}""";
            case "POST /hosts/enrolment-tokens" -> """
                        {"hostName": "matrix-host", "clusterId": "$clusters"}""";
            case "POST /grants" -> """
                        {"everyone": true, "roleId": "%s", "scopeKind": "VM", "scopeId": "$vms", "effect": "DENY"}""".formatted(SeededRole.OPERATOR.id());
            case "POST /users" -> """
                        {"name": "of-the-matrix", "password": "a long password"}""";
            case "PUT /users/{id}" -> """
                        {"displayName": "Matrix", "disabled": true}""";
            case "PUT /users/{id}/password" -> """
                        {"password": "a long password"}""";
            case "POST /groups" -> """
                        {"name": "of-the-matrix"}""";
            case "PUT /groups/{id}" -> """
                        {"name": "of-the-matrix", "description": ""}""";
            case "PUT /groups/{id}/members" -> """
                        {"userIds": []}""";
            case "POST /roles", "PUT /roles/{id}" -> """
                        {"name": "of-the-matrix", "permissions": ["VM_READ"]}""";
            default -> "{}";
        };
        for (Map.Entry<String, UUID> object : tenant.entrySet()) {
            text = text.replace("$" + object.getKey(), object.getValue().toString());
        }
        return text;
    }

    private static Answer ask(ApiClient client, Route route, Map<String, UUID> tenant) {
        return client.send(
                route.method(), path(route, tenant), BodyPublishers.ofString(body(route, tenant)), "If-Match", "\"0\"");
    }

    private static String path(Route route, Map<String, UUID> tenant) {
        String noun = route.path().split("/")[3];
        UUID id = tenant.getOrDefault(noun, new UUID(0x7000, 0));
        return "/" + route.path().replaceAll("\\{[^}]*}", id.toString()) + "?dryRun=true";
    }

    /** What somebody signs in with is not changed with an API token, whoever it is of. */
    private static boolean wantsASession(Route route) {
        return route.permission() == Permission.SESSION_OWN && route.path().startsWith("/api/v1/account/");
    }

    @Test
    void every_endpoint_for_every_role_at_home_and_abroad() {
        Map<String, UUID> own = tenant();
        Map<String, UUID> other = tenant();
        List<String> wrong = new ArrayList<>();
        int asked = 0;
        for (SeededRole role : SeededRole.values()) {
            ApiClient client = holderOf(role, own.getOrDefault("datacenters", ObjectRef.SYSTEM.id()));
            for (Route route : routes()) {
                boolean holds = route.permission().isOwn()
                        || (role.permissions().contains(route.permission())
                                && !route.permission().isSystemWide());
                Answer home = ask(client, route, own);
                Answer abroad = ask(client, route, other);
                asked += 2;
                String what = "%s: %s %s (%s): %d at home, %d abroad"
                        .formatted(
                                role, route.method(), route.path(), route.permission(), home.status(), abroad.status());
                if (!holds && (home.status() != 403 || abroad.status() != 403)) {
                    wrong.add("must be refused: " + what);
                }
                boolean reads = route.path().endsWith("}") && route.method().equals("GET");
                // What somebody signs in with is changed in person, and the matrix comes with tokens.
                boolean inPerson = route.path().contains("/account/");
                if (holds
                        && !inPerson
                        && (home.status() == 401
                                || (home.status() == 403 && !wantsASession(route))
                                || (reads && isOfTenant(route, own) && home.status() != 200))) {
                    wrong.add("must be let in: " + what);
                }
                boolean says = !body(route, own).equals("{}");
                if (holds && says && home.status() == 400) {
                    wrong.add("is not what can be asked for: " + what + ": " + home.text());
                }
                if ((isOfTenant(route, own) || !body(route, own).equals(body(route, other)))
                        && abroad.status() < 400
                        && !route.path().endsWith("/actions")) {
                    wrong.add("another tenant's: " + what);
                }
                if (route.path().endsWith("/actions")
                        && abroad.status() < 400
                        && !abroad.text().contains("NOT_FOUND")) {
                    wrong.add("another tenant's: " + what);
                }
                if (other.values().stream()
                        .anyMatch(id -> !route.path().contains("{")
                                && !body(route, other).contains(id.toString())
                                && abroad.text().contains(id.toString()))) {
                    wrong.add("shows another tenant's: " + what);
                }
            }
        }
        assertThat(asked).isGreaterThan(1_000);
        assertThat(wrong).as("%d requests", asked).isEmpty();
    }

    private static boolean isOfTenant(Route route, Map<String, UUID> tenant) {
        return route.path().contains("{") && tenant.containsKey(route.path().split("/")[3]);
    }
}
