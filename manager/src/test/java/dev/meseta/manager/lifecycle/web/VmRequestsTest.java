package dev.meseta.manager.lifecycle.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.lifecycle.web.WholeManager.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Requests about VMs, from HTTPS to the database and the agents. */
@Tag("integration")
class VmRequestsTest {

    private static final String NOBODY = "00000000-0000-7000-8000-00000000dead";

    @TempDir
    static Path stateFolder;

    /** One manager, one story: its chapters build on each other and share its start. */
    @Test
    void a_vm_from_its_creation_to_its_end() throws Exception {
        try (WholeManager manager = new WholeManager(stateFolder)) {
            refusesWithoutHosts(manager);
            UUID first = manager.addHost("host-1");
            UUID second = manager.addHost("host-2");
            refusesBadRequests(manager);
            triesImagesBeforeItTakesOne(manager);
            String vm = createsOne(manager, first);
            refusesWhatDoesNotFitARunningVm(manager, vm, first);
            migrates(manager, vm, second);
            stopsStartsAndDeletes(manager, vm);
            doesTheSameToMany(manager);
        }
    }

    private static void refusesWithoutHosts(WholeManager manager) {
        Answer answer = manager.post("vms", body(manager, "web-1", 256));
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(422);
        assertThat(answer.code()).isIn("NO_SUITABLE_HOST", "NOT_ENOUGH_CAPACITY");
        expectNoVm(manager);
    }

    private static void refusesBadRequests(WholeManager manager) {
        refused(manager.post("vms", body(manager, "web-1", 1_000_000)), 422, "NOT_ENOUGH_CAPACITY");
        refused(
                manager.post("vms", body(manager, "web-1", 256).replace(manager.image.toString(), NOBODY)),
                422,
                "IMAGE_NOT_FOUND");
        Answer bad = manager.post("vms", "{\"name\":\"a\\\"; reboot\\n<b>\",\"vcpus\":0,\"memoryMiB\":1}");
        refused(bad, 400, "VALIDATION_FAILED");
        assertThat(bad.body().get("errors").findValuesAsString("field"))
                .containsExactlyInAnyOrder("name", "imageId", "vcpus", "memoryMiB");
        refused(manager.post("vms", "{\"name\":[1]}"), 400, "MALFORMED_REQUEST");
        refused(
                manager.post("vms", body(manager, "web-1", 256).replace("\"vcpus\":1", "\"vcpus\":\"many\"")),
                400,
                "MALFORMED_REQUEST");
        refused(manager.post("vms/" + NOBODY + "/start", ""), 404, "NOT_FOUND");
        refused(manager.post("vms/" + NOBODY + "/migrate", "{}"), 404, "NOT_FOUND");
        expectNoVm(manager);

        Answer plan = manager.post("vms?dryRun=true", body(manager, "web-1", 256));
        assertThat(plan.status()).as(plan.body().toString()).isEqualTo(200);
        assertThat(plan.body().at("/placement/candidates").size()).isEqualTo(2);
        expectNoVm(manager);
    }

    private static void triesImagesBeforeItTakesOne(WholeManager manager) {
        String body = "{\"name\":\"alpine\",\"incomingFile\":\"alpine.qcow2\"}";
        Answer tried = manager.post("images?dryRun=true", body);
        assertThat(tried.status()).as(tried.body().toString()).isEqualTo(200);
        assertThat(tried.body().get("taskKind").asString()).isEqualTo("image.import");
        assertThat(manager.get("images?q=name:alpine").body().get("items").size())
                .isZero();
        assertThat(manager.get("tasks?q=kind:image.*").body().get("items").size())
                .isZero();
        refused(manager.post("images?dryRun=true", body.replace("alpine", "debian")), 409, "NAME_TAKEN");
        refused(manager.post("images?dryRun=true", "{}"), 400, "VALIDATION_FAILED");

        String image =
                manager.ended(manager.post("images", body)).at("/target/id").asString();
        assertThat(manager.delete("images/" + image + "?dryRun=true")
                        .body()
                        .get("taskKind")
                        .asString())
                .isEqualTo("image.delete");
        assertThat(manager.get("images/" + image).body().get("status").asString())
                .isEqualTo("READY");
        JsonNode deletion = manager.ended(manager.delete("images/" + image));
        assertThat(deletion.get("state").asString()).as(deletion.toString()).isEqualTo("SUCCEEDED");
        refused(manager.delete("images/" + image + "?dryRun=true"), 404, "NOT_FOUND");
    }

    private static String createsOne(WholeManager manager, UUID host) {
        String body = body(manager, "web-1", 256).replace("}", ",\"hostId\":\"" + host + "\"}");
        JsonNode task = manager.ended(manager.post("vms", body));
        assertThat(task.get("state").asString()).as(task.toString()).isEqualTo("SUCCEEDED");
        String vm = task.at("/target/id").asString();
        JsonNode row = manager.get("vms/" + vm).body();
        assertThat(row.get("status").asString()).as(row.toString()).isEqualTo("UP");
        assertThat(row.get("hostName").asString()).isEqualTo("host-1");
        refused(manager.post("vms", body), 409, "NAME_TAKEN");
        return vm;
    }

    private static void refusesWhatDoesNotFitARunningVm(WholeManager manager, String vm, UUID host) {
        refused(manager.post("vms/" + vm + "/start", ""), 422, "VM_RUNNING");
        refused(manager.delete("vms/" + vm), 422, "VM_RUNNING");
        refused(manager.post("vms/" + vm + "/migrate", "{\"targetHostId\":\"" + host + "\"}"), 422, "SAME_HOST");
        refused(manager.post("vms/" + vm + "/migrate", "{\"targetHostId\":\"" + NOBODY + "\"}"), 404, "NOT_FOUND");
        refused(manager.post("vms/" + vm + "/migrate", "{}", "If-Match", "\"99\""), 412, "STALE_VERSION");
        refused(manager.post("vms/" + vm + "/migration/post-copy", ""), 422, "NOT_MIGRATING");
        refused(manager.patch("vms/" + vm + "/migration", "{}"), 400, "VALIDATION_FAILED");
        refused(
                manager.post("vms/" + vm + "/migrate", "{\"policy\":{\"maxDowntimeMs\":-1}}"),
                400,
                "VALIDATION_FAILED");
        Answer targets = manager.get("vms/" + vm + "/migration-targets");
        assertThat(targets.body().get("candidates").size()).isEqualTo(2);
        assertThat(manager.post("vms/" + vm + "/stop?dryRun=true", "").status()).isEqualTo(200);
    }

    private static void migrates(WholeManager manager, String vm, UUID target) {
        succeeds(manager, "vms/" + vm + "/migrate", "");
        succeeds(manager, "vms/" + vm + "/migrate", "{}");
        JsonNode task = manager.ended(manager.post("vms/" + vm + "/migrate", ""));
        assertThat(task.get("state").asString()).as(task.toString()).isEqualTo("SUCCEEDED");
        assertThat(task.at("/progress/downtimeMs").asInt()).isEqualTo(80);
        assertThat(task.at("/progress/totalMs").asInt()).isEqualTo(1600);
        JsonNode row = manager.get("vms/" + vm).body();
        assertThat(row.get("hostId").asString()).isEqualTo(target.toString());
        assertThat(row.get("status").asString()).isEqualTo("UP");
        refused(manager.post("hosts/" + target + "/maintenance", ""), 409, "OBJECT_IN_USE");
    }

    private static void stopsStartsAndDeletes(WholeManager manager, String vm) {
        succeeds(manager, "vms/" + vm + "/reboot", "");
        succeeds(manager, "vms/" + vm + "/pause", "");
        assertThat(manager.get("vms/" + vm).body().get("status").asString()).isEqualTo("PAUSED");
        succeeds(manager, "vms/" + vm + "/resume", "{}");
        succeeds(manager, "vms/" + vm + "/stop", "{\"mode\":\"FORCED\"}");
        assertThat(manager.get("vms/" + vm).body().get("status").asString()).isEqualTo("DOWN");
        refused(manager.post("vms/" + vm + "/migrate", ""), 422, "VM_NOT_RUNNING");
        refused(manager.post("vms/" + vm + "/stop", "{\"mode\":\"SOMEHOW\"}"), 400, "MALFORMED_REQUEST");
        succeeds(manager, "vms/" + vm + "/start", "");
        succeeds(manager, "vms/" + vm + "/stop", "");
        JsonNode task = manager.ended(manager.delete("vms/" + vm));
        assertThat(task.get("state").asString()).as(task.toString()).isEqualTo("SUCCEEDED");
        refused(manager.get("vms/" + vm), 404, "NOT_FOUND");
        expectNoVm(manager);
    }

    private static void doesTheSameToMany(WholeManager manager) {
        List<String> vms = new ArrayList<>();
        for (int number = 1; number <= 3; number++) {
            JsonNode task = manager.ended(manager.post("vms", body(manager, "many-" + number, 64)));
            vms.add(task.at("/target/id").asString());
        }
        refused(manager.post("vms/actions", "{}"), 400, "VALIDATION_FAILED");
        refused(manager.post("vms/actions", "{\"action\":\"STOP\",\"vmIds\":[]}"), 400, "VALIDATION_FAILED");
        refused(manager.post("vms/actions", "{\"action\":\"STOP\",\"vmIds\":[null]}"), 400, "VALIDATION_FAILED");
        refused(manager.post("vms/actions", many("EXPLODE", vms)), 400, "MALFORMED_REQUEST");
        refused(manager.post("vms/actions", many("STOP", Collections.nCopies(1001, NOBODY))), 400, "VALIDATION_FAILED");

        List<String> andNobody = new ArrayList<>(vms);
        andNobody.add(NOBODY);
        Answer plan = manager.post("vms/actions?dryRun=true", many("START", andNobody));
        assertThat(plan.status()).as(plan.body().toString()).isEqualTo(200);
        assertThat(plan.body().get("items").findValuesAsString("code"))
                .containsExactly("VM_RUNNING", "VM_RUNNING", "VM_RUNNING", "NOT_FOUND");

        String[] key = {"Idempotency-Key", "stop-many"};
        Answer accepted = manager.post("vms/actions", many("STOP", andNobody), key);
        JsonNode stopped = manager.ended(accepted);
        assertThat(manager.post("vms/actions", many("STOP", andNobody), key)
                        .body()
                        .get("id")
                        .asString())
                .isEqualTo(accepted.body().get("id").asString());
        assertThat(stopped.get("kind").asString()).isEqualTo("vms.stop");
        assertThat(stopped.at("/target/name").asString()).isEqualTo("many-1, many-2, many-3, +1");
        assertThat(stopped.get("state").asString()).isEqualTo("FAILED");
        assertThat(stopped.at("/error/code").asString()).isEqualTo("ITEMS_FAILED");
        assertThat(stopped.at("/progress/items").asInt()).isEqualTo(4);
        assertThat(stopped.at("/progress/itemsEnded").asInt()).isEqualTo(4);
        assertThat(stopped.at("/progress/itemsFailed").asInt()).isEqualTo(1);
        assertThat(stopped.get("items").findValuesAsString("state"))
                .containsExactly("SUCCEEDED", "SUCCEEDED", "SUCCEEDED", "REFUSED");
        assertThat(stopped.at("/items/3/error/code").asString()).isEqualTo("NOT_FOUND");
        String id = stopped.get("id").asString();
        JsonNode parts = manager.get("tasks?parent=" + id).body().get("items");
        assertThat(parts.size()).isEqualTo(3);
        parts.forEach(part -> {
            assertThat(part.get("parentId").asString()).isEqualTo(id);
            assertThat(part.get("correlationId").asString())
                    .isEqualTo(stopped.get("correlationId").asString());
        });
        assertThat(manager.get("tasks?q=parent:none%20kind:vm.stop%20many")
                        .body()
                        .get("items")
                        .size())
                .isZero();

        JsonNode deleted = manager.ended(manager.post("vms/actions", many("DELETE", vms)));
        assertThat(deleted.get("state").asString()).as(deleted.toString()).isEqualTo("SUCCEEDED");
        expectNoVm(manager);
    }

    private static String many(String action, List<String> vms) {
        return "{\"action\":\"%s\",\"vmIds\":[\"%s\"]}".formatted(action, String.join("\",\"", vms));
    }

    private static void succeeds(WholeManager manager, String path, String body) {
        JsonNode task = manager.ended(manager.post(path, body));
        assertThat(task.get("state").asString()).as(task.toString()).isEqualTo("SUCCEEDED");
    }

    private static void refused(Answer answer, int status, String code) {
        assertThat(answer.code()).as(answer.body().toString()).isEqualTo(code);
        assertThat(answer.status()).isEqualTo(status);
    }

    private static void expectNoVm(WholeManager manager) {
        assertThat(manager.get("vms").body().get("items").size()).isZero();
    }

    private static String body(WholeManager manager, String name, long memoryMiB) {
        return "{\"name\":\"%s\",\"imageId\":\"%s\",\"vcpus\":1,\"memoryMiB\":%d}"
                .formatted(name, manager.image, memoryMiB);
    }
}
