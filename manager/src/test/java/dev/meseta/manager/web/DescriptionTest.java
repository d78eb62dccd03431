package dev.meseta.manager.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ManagerIntegrationTest;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The description of the API against what the API does. */
class DescriptionTest extends ManagerIntegrationTest {

    private JsonNode schema(String name) {
        JsonNode schema = api.get("/openapi.json")
                .json()
                .path("components")
                .path("schemas")
                .path(name);
        assertThat(schema.isObject()).as(name).isTrue();
        return schema;
    }

    private static List<String> texts(JsonNode array) {
        return array.valueStream()
                .map(value -> value.isNull() ? "null" : value.asString())
                .toList();
    }

    private void assertComplete(String name, JsonNode answer) {
        assertThat(answer.propertyNames()).as(name).isNotEmpty();
        assertThat(texts(schema(name).path("required")))
                .as(name)
                .containsExactlyInAnyOrderElementsOf(answer.propertyNames());
    }

    @Test
    void an_answer_has_every_property_that_is_described() {
        assertComplete(
                "Problem", api.get("/vms/0198c0de-0000-7000-8000-000000000000").json());
        assertComplete("Session", api.get("/auth/session").json());
        assertComplete("PageNetworkResource", api.get("/networks").json());
        assertComplete(
                "NetworkResource", api.get("/networks").json().path("items").path(0));
        assertComplete("Cluster", api.get("/clusters").json().path("items").path(0));
        assertComplete(
                "DataCenter", api.get("/datacenters").json().path("items").path(0));
        assertComplete(
                "StorageDomain",
                api.get("/storage-domains").json().path("items").path(0));
    }

    @Test
    void a_request_needs_what_the_manager_asks_for_and_no_more() {
        assertThat(texts(schema("NewVmBody").path("required")))
                .containsExactlyInAnyOrder("name", "imageId", "vcpus", "memoryMiB");
        assertThat(texts(schema("NewImageBody").path("required"))).containsExactlyInAnyOrder("name", "incomingFile");
        assertThat(schema("VmPatch").has("required")).isFalse();
    }

    @Test
    void where_null_may_come_it_is_among_the_values() {
        assertThat(texts(schema("HostResource")
                        .path("properties")
                        .path("acceleration")
                        .path("enum")))
                .containsExactly("KVM", "TCG", "null");
    }

    @Test
    void what_is_left_out_when_unknown_is_neither_required_nor_null() {
        JsonNode progress = schema("TaskProgress");
        assertThat(progress.has("required")).isFalse();
        assertThat(progress.path("properties").path("percent").path("type").asString())
                .isEqualTo("number");
        assertThat(progress.path("properties").has("memoryRemainingBytes")).isTrue();
    }

    @Test
    void what_filters_do_is_described_too() {
        JsonNode paths = api.get("/openapi.json").json().path("paths");
        JsonNode create = paths.path("/api/v1/vms").path("post");
        assertThat(create.path("parameters").valueStream())
                .anyMatch(parameter -> parameter.path("name").asString("").equals("Idempotency-Key")
                        && !parameter.path("required").asBoolean(true));
        assertThat(paths.path("/api/v1/vms")
                        .path("get")
                        .path("responses")
                        .path("429")
                        .path("headers")
                        .has("Retry-After"))
                .isTrue();
    }

    @Test
    void values_that_may_grow_are_told_as_they_are_today() {
        JsonNode task = schema("TaskView").path("properties");
        assertThat(texts(task.path("kind").path("x-extensible-enum"))).contains("vm.migrate", "image.import");
        assertThat(texts(task.path("phase").path("x-extensible-enum"))).contains("REQUESTED", "COPYING", "UNDOING");
        JsonNode event = schema("EventView").path("properties");
        assertThat(texts(event.path("code").path("x-extensible-enum"))).contains("VM_RESTARTED", "STORAGE_FULL");
    }
}
