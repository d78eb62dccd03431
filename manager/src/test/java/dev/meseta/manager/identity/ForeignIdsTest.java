package dev.meseta.manager.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ApiClient;
import dev.meseta.manager.ApiClient.Answer;
import dev.meseta.manager.ManagerIntegrationTest;
import dev.meseta.manager.database.TestRows;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every id in a request's body, one after the other, is another tenant's (CVE-2026-50222, CVE-2025-66172, CVE-2021-36383). */
class ForeignIdsTest extends ManagerIntegrationTest {

    private static int counter;

    private record Tenant(UUID center, UUID cluster, UUID vm, UUID host, UUID domain, UUID image, UUID network) {}

    private Tenant own = tenant(null);
    private Tenant other = tenant(null);
    private ApiClient user = api;

    @BeforeEach
    void twoTenants() {
        TestRows rows = new TestRows(jdbc);
        own = tenant(rows);
        other = tenant(rows);
        String name = "foreign-" + counter++;
        Answer made = api.post("/users", "{\"name\":\"%s\",\"password\":\"a long password\"}".formatted(name));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        Answer granted = api.post(
                "/grants",
                "{\"userId\":\"%s\",\"roleId\":\"%s\",\"scopeKind\":\"DATA_CENTER\",\"scopeId\":\"%s\"}"
                        .formatted(
                                made.json().path("id").asString(),
                                SeededRole.DATA_CENTER_ADMINISTRATOR.id(),
                                own.center()));
        assertThat(granted.status()).as(granted.text()).isEqualTo(201);
        user = anonymous();
        assertThat(user.post("/auth/login", "{\"username\":\"%s\",\"password\":\"a long password\"}".formatted(name))
                        .status())
                .isEqualTo(200);
        user.withHeader("X-XSRF-TOKEN", user.cookie("XSRF-TOKEN"));
    }

    private Tenant tenant(@org.jspecify.annotations.Nullable TestRows rows) {
        UUID nil = new UUID(0, 0);
        if (rows == null) {
            return new Tenant(nil, nil, nil, nil, nil, nil, nil);
        }
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
        return new Tenant(center, cluster, vm, host, domain, image, network);
    }

    private Answer create(Map<String, UUID> ids, String query) {
        StringBuilder body = new StringBuilder("{\"name\":\"foreign\",\"vcpus\":1,\"memoryMiB\":64");
        ids.forEach((key, id) -> body.append(",\"%s\":\"%s\"".formatted(key, id)));
        return user.post("/vms" + query, body.append('}').toString());
    }

    @Test
    void a_vm_is_not_made_of_another_tenants_parts() {
        Map<String, UUID> mine = new LinkedHashMap<>();
        mine.put("clusterId", own.cluster());
        mine.put("imageId", own.image());
        mine.put("networkId", own.network());
        // With everything of one's own it gets as far as looking for a host, and there is none.
        assertThat(create(mine, "").code()).isIn("NO_SUITABLE_HOST", "NOT_ENOUGH_CAPACITY", "IMAGE_NOT_READY");
        Map<String, UUID> theirs = Map.of(
                "clusterId",
                other.cluster(),
                "imageId",
                other.image(),
                "networkId",
                other.network(),
                "hostId",
                other.host());
        theirs.forEach((key, id) -> {
            Map<String, UUID> mixed = new LinkedHashMap<>(mine);
            mixed.put(key, id);
            for (String query : new String[] {"", "?dryRun=true"}) {
                Answer answer = create(mixed, query);
                assertThat(answer.status()).as(key + query + answer.text()).isEqualTo(404);
            }
        });
        assertThat(api.get("/vms?q=name:foreign").json().path("items").size()).isZero();
    }

    @Test
    void an_image_one_may_not_use_lends_its_storage_domain_to_nobody() {
        // The image is theirs to use, the storage domain on which the disk would be is not.
        String userId = jdbc.sql("SELECT CAST(id AS text) FROM user_account WHERE name = :name")
                .param("name", "foreign-" + (counter - 1))
                .query(String.class)
                .single();
        Answer role = api.post(
                "/roles", "{\"name\":\"images-%s\",\"permissions\":[\"IMAGE_READ\",\"IMAGE_USE\"]}".formatted(userId));
        assertThat(api.post(
                                "/grants",
                                "{\"userId\":\"%s\",\"roleId\":\"%s\",\"scopeKind\":\"IMAGE\",\"scopeId\":\"%s\"}"
                                        .formatted(
                                                userId, role.json().path("id").asString(), other.image()))
                        .status())
                .isEqualTo(201);
        assertThat(user.get("/images/" + other.image()).status()).isEqualTo(200);
        Answer answer =
                create(Map.of("clusterId", own.cluster(), "imageId", other.image(), "networkId", own.network()), "");
        assertThat(answer.status()).as(answer.text()).isEqualTo(404);
        assertThat(answer.text()).contains("storage domain");
    }

    @Test
    void nothing_else_takes_another_tenants_ids_either() {
        Map<String, String> requests = new LinkedHashMap<>();
        requests.put("/vms/" + own.vm() + "/start", "{\"hostId\":\"%s\"}".formatted(other.host()));
        requests.put("/vms/" + own.vm() + "/migrate", "{\"targetHostId\":\"%s\"}".formatted(other.host()));
        requests.put(
                "/images",
                "{\"name\":\"foreign\",\"incomingFile\":\"x.qcow2\",\"storageDomainId\":\"%s\"}"
                        .formatted(other.domain()));
        requests.put(
                "/hosts/enrolment-tokens",
                "{\"hostName\":\"foreign\",\"clusterId\":\"%s\"}".formatted(other.cluster()));
        requests.put(
                "/grants",
                "{\"everyone\":true,\"roleId\":\"%s\",\"scopeKind\":\"VM\",\"scopeId\":\"%s\"}"
                        .formatted(SeededRole.OPERATOR.id(), other.vm()));
        String soon = jdbc.sql(
                        "SELECT to_char(now() AT TIME ZONE 'UTC' + interval '1 day', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
                .query(String.class)
                .single();
        requests.put(
                "/tokens",
                "{\"name\":\"foreign\",\"expiresAt\":\"%s\",\"scopes\":[{\"kind\":\"VM\",\"id\":\"%s\"}]}"
                        .formatted(soon, other.vm()));
        requests.forEach((path, body) -> {
            Answer answer = user.post(path, body);
            assertThat(answer.status()).as(path + " " + answer.text()).isEqualTo(404);
        });
        for (String question :
                new String[] {"/access/who-can?permission=VM_READ&object=VM:", "/events?q=object:", "/tasks?q=target:"
                }) {
            Answer answer = user.get(question + other.vm());
            assertThat(answer.status() >= 400 || answer.json().path("items").size() == 0)
                    .as(question + answer.text())
                    .isTrue();
        }
        Answer bulk = user.post(
                "/vms/actions?dryRun=true", "{\"action\":\"START\",\"vmIds\":[\"%s\"]}".formatted(other.vm()));
        assertThat(bulk.json().path("items").get(0).path("error").path("code").asString())
                .as(bulk.text())
                .isEqualTo("NOT_FOUND");
    }
}
