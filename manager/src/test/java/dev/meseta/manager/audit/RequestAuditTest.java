package dev.meseta.manager.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ManagerIntegrationTest;
import dev.meseta.manager.database.TestRows;
import dev.meseta.manager.inventory.Clusters;
import dev.meseta.manager.inventory.PowerState;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.Vms;
import dev.meseta.manager.shared.UuidGenerator;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** What the record of a request that changes something says of its object. */
class RequestAuditTest extends ManagerIntegrationTest {

    @Autowired
    private Vms vms;

    @Autowired
    private Clusters clusters;

    @Autowired
    private UuidGenerator ids;

    private UUID vm(String name) {
        return vms.create(new Vms.NewVm(
                        ids.next(),
                        clusters.defaultCluster().id(),
                        name,
                        "as it was",
                        2,
                        512L << 20,
                        Vm.Firmware.BIOS,
                        null,
                        "",
                        PowerState.STOPPED,
                        null,
                        null))
                .id();
    }

    /** The newest record about an object. */
    private JsonNode record(UUID object) {
        return api.get("/audit?limit=1&q=object:" + object).json().path("items").path(0);
    }

    @Test
    void a_change_says_what_was_and_what_is_and_the_name_from_before() {
        UUID id = vm("audited-before");
        assertThat(api.patch(
                                "/vms/" + id,
                                "{\"name\":\"audited-after\",\"memoryMiB\":1024,\"vcpus\":2,\"tags\":[\"blue\"]}",
                                "If-Match",
                                "\"0\"")
                        .status())
                .isEqualTo(200);
        JsonNode record = record(id);
        assertThat(record.path("objectName").asString()).isEqualTo("audited-before");
        assertThat(record.path("objectKind").asString()).isEqualTo("vms");
        JsonNode changes = record.path("detail").path("changes");
        assertThat(changes.propertyNames()).containsExactlyInAnyOrder("name", "memoryMiB", "tags");
        assertThat(changes.path("name").path("before").asString()).isEqualTo("audited-before");
        assertThat(changes.path("name").path("after").asString()).isEqualTo("audited-after");
        assertThat(changes.path("memoryMiB").path("before").longValue()).isEqualTo(512);
        assertThat(changes.path("memoryMiB").path("after").longValue()).isEqualTo(1024);
        assertThat(changes.path("tags").path("after").asString()).isEqualTo("blue");
    }

    @Test
    void a_dry_run_is_recorded_as_one() {
        UUID id = vm("audited-dry");
        assertThat(api.patch("/vms/" + id + "?dryRun=true", "{\"description\":\"new\"}", "If-Match", "\"0\"")
                        .status())
                .isEqualTo(200);
        assertThat(record(id).path("detail").path("dryRun").booleanValue()).isTrue();
        api.patch("/vms/" + id, "{\"description\":\"new\"}", "If-Match", "\"0\"");
        assertThat(record(id).path("detail").has("dryRun")).isFalse();
    }

    @Test
    void what_is_refused_names_its_object_and_changes_nothing() {
        UUID id = vm("audited-refused");
        assertThat(api.patch("/vms/" + id, "{\"vcpus\":4}", "If-Match", "\"7\"").code())
                .isEqualTo("STALE_VERSION");
        JsonNode record = record(id);
        assertThat(record.path("objectName").asString()).isEqualTo("audited-refused");
        assertThat(record.path("outcome").asString()).isEqualTo("REFUSED");
        assertThat(record.path("detail").has("changes")).isFalse();
    }

    @Test
    void somebody_without_a_credential_is_recorded_with_the_path_and_no_name() {
        UUID id = vm("audited-anonymous");
        assertThat(anonymous().post("/vms/" + id + "/start", "{}").status()).isEqualTo(401);
        JsonNode record =
                api.get("/audit?limit=1&q=who:anonymous").json().path("items").path(0);
        assertThat(record.path("action").asString()).contains(id.toString());
        assertThat(record.path("objectName").asString()).isEmpty();
    }

    @Test
    void a_host_s_maintenance_is_a_change() {
        UUID host = new TestRows(jdbc).host(clusters.defaultCluster().id(), "audited-host");
        jdbc.sql(
                        "INSERT INTO host_observed (host_id, status, status_since) VALUES (:id, 'UP', now()) ON CONFLICT DO NOTHING")
                .param("id", host)
                .update();
        assertThat(api.post("/hosts/" + host + "/maintenance", "{}").status()).isEqualTo(200);
        JsonNode record = record(host);
        assertThat(record.path("objectName").asString()).isEqualTo("audited-host");
        JsonNode change = record.path("detail").path("changes").path("maintenance");
        assertThat(change.path("before").booleanValue()).isFalse();
        assertThat(change.path("after").booleanValue()).isTrue();
    }
}
