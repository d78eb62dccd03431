package dev.meseta.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.lab.client.MesetaClient;
import dev.meseta.lab.client.MesetaClient.Answer;
import dev.meseta.lab.host.LabHost;
import dev.meseta.lab.process.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Requests nobody should be able to hurt with: each gets a clear error with its code, and nothing has changed after it. */
@Tag("e2e")
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(300)
class BadInputEndToEndTest {

    private static final Duration TASK = Duration.ofMinutes(1);

    private TestDataCenter dataCenter;
    private MesetaClient client;
    private List<LabHost> hosts;
    private RunningVm vm;
    private String imageId;

    @BeforeAll
    void startDataCenter(@TempDir Path directory) throws Exception {
        dataCenter = TestDataCenter.start(directory);
        client = dataCenter.client();
        hosts = dataCenter.hosts();
        imageId = dataCenter.guestImage();
        vm = RunningVm.create(dataCenter, "victim", dataCenter.idOf(hosts.get(0)), 256);
    }

    @AfterAll
    void stopDataCenter() throws Exception {
        vm.close();
        dataCenter.close();
    }

    @Test
    void unknownImage() {
        refused(create(Map.of("imageId", UUID.randomUUID().toString())), 422, "IMAGE_NOT_FOUND");
    }

    @Test
    void imageThatIsNoImage() throws Exception {
        Files.writeString(
                dataCenter.stack().lab().sharedStorage().resolve("incoming/poem.txt"),
                "In the beginning there was no partition table.\n".repeat(200));

        JsonNode task = client.submit("POST", "/images", Map.of("name", "poem", "incomingFile", "poem.txt"));

        JsonNode ended = client.awaitTask(task.required("id").stringValue(), TASK);
        assertThat(ended.required("state").stringValue()).isEqualTo("FAILED");
        assertThat(ended.required("error").required("code").stringValue()).isEqualTo("IMAGE_INVALID");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../etc/shadow", "/etc/shadow", "..", "a/b", "", "a\u0000b"})
    void imageFromOutsideTheIncomingFolder(String file) {
        Answer answer = client.send("POST", "/images", Map.of("name", "stolen", "incomingFile", file), Map.of());

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("VALIDATION_FAILED");
    }

    @Test
    void moreMemoryThanAnyHostHas() {
        Answer answer = create(Map.of("memoryMiB", 8_000_000));

        refused(answer, 422, "NOT_ENOUGH_CAPACITY");
        assertThat(answer.body()).contains("host-1").contains("host-2");
    }

    @Test
    void nameThatIsTaken() {
        refused(create(Map.of("name", "victim")), 409, "NAME_TAKEN");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\"b", "a'b", "a\nb", "<script>alert(1)</script>", "-rf", "$(reboot)", "a;b", "é"})
    void nameThatIsNoName(String name) {
        Answer answer = create(Map.of("name", name));

        refused(answer, 400, "VALIDATION_FAILED");
        assertThat(answer.json()
                        .required("errors")
                        .required(0)
                        .required("field")
                        .stringValue())
                .isEqualTo("name");
    }

    @Test
    void migrationToTheSameHost() {
        refused(migrate(vm.id(), dataCenter.idOf(hosts.get(0))), 422, "SAME_HOST");
    }

    @Test
    void migrationToAHostInMaintenance() {
        String target = dataCenter.idOf(hosts.get(1));
        client.send("POST", "/hosts/" + target + "/maintenance", null, Map.of()).expect(200);
        try {
            refused(migrate(vm.id(), target), 422, "HOST_IN_MAINTENANCE");
        } finally {
            client.send("POST", "/hosts/" + target + "/activate", null, Map.of())
                    .expect(200);
        }
    }

    @Test
    void migrationToAHostThatDoesNotExist() {
        assertThat(migrate(vm.id(), UUID.randomUUID().toString()).status()).isIn(404, 422);
    }

    /** Made by somebody with virsh: shown, refused to everybody, gone when it is gone. */
    @Test
    void vmThatMesetaDidNotMake(@TempDir Path folder) throws Exception {
        LabHost host = hosts.get(1);
        UUID id = UUID.randomUUID();
        Path domain = Files.writeString(
                folder.resolve("foreign.xml"),
                "<domain type='qemu'><name>foreign</name><uuid>%s</uuid><memory unit='MiB'>64</memory><vcpu>1</vcpu>"
                                .formatted(id)
                        + "<os><type arch='x86_64' machine='pc'>hvm</type></os><features><acpi/></features></domain>");
        host.exec("virsh", "create", "--paused", domain.toString());
        try {
            Await.until("the foreign VM to be shown", TASK, () -> shown(id).status() == 200);
            JsonNode foreign = shown(id).json();
            assertThat(foreign.required("external").booleanValue()).isTrue();
            assertThat(foreign.required("name").stringValue()).isEqualTo("foreign");
            assertThat(foreign.required("hostName").stringValue()).isEqualTo("host-2");
            for (String verb : List.of("start", "stop", "reboot", "pause", "resume", "migrate")) {
                refused(client.send("POST", "/vms/" + id + "/" + verb, null, Map.of()), 422, "VM_EXTERNAL");
            }
            refused(client.send("DELETE", "/vms/" + id, null, Map.of()), 422, "VM_EXTERNAL");
            assertThat(host.exec("virsh", "domstate", id.toString()).output().strip())
                    .isEqualTo("paused");
        } finally {
            host.exec("virsh", "destroy", id.toString());
        }
        Await.until("the foreign VM to be gone", TASK, () -> shown(id).status() == 404);
    }

    private Answer shown(UUID vmId) {
        return client.send("GET", "/vms/" + vmId, null, Map.of());
    }

    @Test
    void migrationOfAStoppedVm() throws Exception {
        JsonNode task = client.submit(
                "POST",
                "/vms",
                Map.of("name", "asleep", "imageId", imageId, "vcpus", 1, "memoryMiB", 128, "start", false));
        client.awaitSuccess(task, TASK);
        UUID asleep = UUID.fromString(task.required("target").required("id").stringValue());

        refused(migrate(asleep, dataCenter.idOf(hosts.get(1))), 422, "VM_NOT_RUNNING");

        client.awaitSuccess(client.submit("DELETE", "/vms/" + asleep, null), TASK);
    }

    @Test
    void staleVersion() {
        Answer answer =
                client.send("PATCH", "/vms/" + vm.id(), Map.of("description", "late"), Map.of("If-Match", "\"4711\""));

        refused(answer, 412, "STALE_VERSION");
        assertThat(vm.view().required("description").stringValue()).isEmpty();
    }

    @Test
    void tenMegabytesOfJson() {
        Answer answer = create(Map.of("description", "x".repeat(10_000_000)));

        refused(answer, 413, "REQUEST_TOO_LARGE");
    }

    @ParameterizedTest
    @MethodSource("wrongTypes")
    void wrongTypes(String field, Object value) {
        Answer answer = create(Map.of(field, value));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isIn("MALFORMED_REQUEST", "VALIDATION_FAILED");
        assertThat(answer.body()).doesNotContain("Exception").doesNotContain("\tat ");
    }

    static Stream<org.junit.jupiter.params.provider.Arguments> wrongTypes() {
        return Stream.of(
                org.junit.jupiter.params.provider.Arguments.of("vcpus", "many"),
                org.junit.jupiter.params.provider.Arguments.of("vcpus", -1),
                org.junit.jupiter.params.provider.Arguments.of("vcpus", 1.5),
                org.junit.jupiter.params.provider.Arguments.of("memoryMiB", List.of(1)),
                org.junit.jupiter.params.provider.Arguments.of("memoryMiB", Long.MAX_VALUE),
                org.junit.jupiter.params.provider.Arguments.of("imageId", "not-an-id"),
                org.junit.jupiter.params.provider.Arguments.of("firmware", "COREBOOT"),
                org.junit.jupiter.params.provider.Arguments.of("unknownField", true));
    }

    @Test
    void jsonThatIsNone() {
        refused(client.send("POST", "/vms", "{\"name\":", Map.of()), 400, "MALFORMED_REQUEST");
    }

    private Answer create(Map<String, Object> changes) {
        Map<String, @Nullable Object> body =
                new HashMap<>(Map.of("name", "intruder", "imageId", imageId, "vcpus", 1, "memoryMiB", 128));
        body.putAll(changes);
        return client.send("POST", "/vms", body, Map.of());
    }

    private Answer migrate(UUID vmId, String targetHostId) {
        return client.send("POST", "/vms/" + vmId + "/migrate", Map.of("targetHostId", targetHostId), Map.of());
    }

    /** The answer is the expected problem, and neither a VM nor work has come of it. */
    private void refused(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.json().required("correlationId").stringValue()).isNotBlank();
        assertThat(client.get("/vms?q=name:intruder").required("items")).isEmpty();
        assertThat(client.get("/tasks?q=state:RUNNING").required("items")).isEmpty();
        assertThat(WhereItRuns.runningOn(hosts, vm.id())).containsExactly("host-1");
    }
}
