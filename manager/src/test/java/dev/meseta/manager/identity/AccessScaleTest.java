package dev.meseta.manager.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ApiClient;
import dev.meseta.manager.ApiClient.Answer;
import dev.meseta.manager.ManagerIntegrationTest;
import dev.meseta.manager.database.TestRows;
import dev.meseta.manager.shared.Secrets;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** 100,000 VMs, and somebody with fifty grants here and there: a page is read along an index, and not by looking at all. */
class AccessScaleTest extends ManagerIntegrationTest {

    private static final Logger LOG = LoggerFactory.getLogger(AccessScaleTest.class);
    private static final int VMS = 100_000;
    private static final int PAGES = 100;
    /** The machine of a test is busy; what is asked for is measured by the benchmark. */
    private static final Duration MOST = Duration.ofSeconds(1);

    @Test
    void lists_stay_quick_with_grants_here_and_there() {
        TestRows rows = new TestRows(jdbc);
        UUID center = rows.dataCenter();
        List<UUID> clusters = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            clusters.add(rows.cluster(center));
        }
        jdbc.sql("""
                        INSERT INTO vm (id, cluster_id, name, vcpus, memory_bytes, firmware, desired_power, created_at, tags)
                        SELECT gen_random_uuid(), CAST((CAST(:clusters AS uuid[]))[1 + i % 50] AS uuid), 'scale-' || i, 1, 1, 'BIOS',
                            'STOPPED', now(), CASE WHEN i % 100 = 0 THEN ARRAY['gold'] ELSE '{}' END
                        FROM generate_series(1, :vms) i""")
                .param(
                        "clusters",
                        "{"
                                + String.join(
                                        ",",
                                        clusters.stream().map(UUID::toString).toList()) + "}")
                .param("vms", VMS)
                .update();
        jdbc.sql(
                        "INSERT INTO vm_observed (vm_id, status, status_since) SELECT id, 'DOWN', now() FROM vm WHERE name LIKE 'scale-%'")
                .update();
        jdbc.sql("ANALYZE vm").update();
        jdbc.sql("ANALYZE vm_observed").update();
        List<UUID> some = jdbc.sql("SELECT id FROM vm WHERE name LIKE 'scale-%' ORDER BY md5(name) LIMIT 50")
                .query((row, number) -> UUID.fromString(String.valueOf(row.getString("id"))))
                .list();

        ApiClient scattered = holder("few VMs");
        some.forEach(vm -> grant("few VMs", "VM", vm, "ALLOW", ""));
        measure("50 VMs", scattered, 50);
        ApiClient mixed = holder("clusters");
        for (int i = 0; i < 25; i++) {
            grant("clusters", "CLUSTER", clusters.get(i), "ALLOW", i % 2 == 0 ? "" : "gold");
            grant("clusters", "VM", some.get(i), i % 5 == 0 ? "DENY" : "ALLOW", "");
        }
        measure("25 clusters, some by tag, 25 VMs, some denied", mixed, 50);
        measure("everything", api, 50);
    }

    private void measure(String what, ApiClient client, int expected) {
        for (String query : List.of("/vms?limit=50", "/vms?limit=50&q=status:down", "/vms?limit=50&sort=-createdAt")) {
            List<Long> nanos = new ArrayList<>();
            for (int i = 0; i < PAGES; i++) {
                long begun = System.nanoTime();
                Answer page = client.get(query);
                nanos.add(System.nanoTime() - begun);
                assertThat(page.status()).as(page.text()).isEqualTo(200);
                assertThat(page.json().path("items").size()).isEqualTo(expected);
            }
            Collections.sort(nanos);
            Duration p50 = Duration.ofNanos(nanos.get(PAGES / 2));
            Duration p99 = Duration.ofNanos(nanos.get(PAGES - 2));
            LOG.info("{} {}: p50 {} ms, p99 {} ms", what, query, p50.toMillis(), p99.toMillis());
            assertThat(p99).as("%s %s", what, query).isLessThan(MOST);
        }
    }

    private static UUID id(String who) {
        return UUID.nameUUIDFromBytes(who.getBytes(StandardCharsets.UTF_8));
    }

    private ApiClient holder(String who) {
        String secret = "meseta_scale_" + who.hashCode();
        jdbc.sql("INSERT INTO user_account (id, name, password_hash, created_at) VALUES (:id, :name, '', now())")
                .param("id", id(who))
                .param("name", who)
                .update();
        jdbc.sql("INSERT INTO api_token (id, user_id, name, hash, created_at) VALUES (:id, :id, 'scale', :hash, now())")
                .param("id", id(who))
                .param("hash", Secrets.hash(secret))
                .update();
        return anonymous().withHeader("Authorization", "Bearer " + secret);
    }

    private void grant(String who, String kind, UUID scope, String effect, String tag) {
        jdbc.sql("""
                        INSERT INTO access_grant (id, user_id, role_id, scope_kind, scope_id, effect, tag, created_by, created_at)
                        VALUES (gen_random_uuid(), :user, :role, :kind, :scope, :effect, :tag, 'test', now())""")
                .param("user", id(who))
                .param("role", SeededRole.OPERATOR.id())
                .param("kind", kind)
                .param("scope", scope)
                .param("effect", effect)
                .param("tag", tag)
                .update();
    }
}
