package dev.meseta.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.lab.client.GuestProbe;
import dev.meseta.lab.client.MesetaClient;
import dev.meseta.lab.command.AuditCommand;
import dev.meseta.lab.host.LabHost;
import dev.meseta.lab.process.Await;
import dev.meseta.lab.stack.ManagerProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

/** Three managers on one database and two real hosts; some of the managers die, or wake too late. */
@Tag("e2e")
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(900)
class SeveralManagersEndToEndTest {

    private static final int MANAGERS = 3;
    private static final Duration LIMIT = Duration.ofMinutes(4);

    private TestDataCenter dataCenter;
    private MesetaClient client;
    private List<LabHost> hosts;
    private List<ManagerProcess> managers;

    @BeforeAll
    void startDataCenter(@TempDir Path directory) {
        dataCenter = TestDataCenter.start(directory, MANAGERS);
        client = dataCenter.client();
        hosts = dataCenter.hosts();
        managers = dataCenter.stack().managers();
    }

    @AfterAll
    void stopDataCenter() {
        dataCenter.close();
    }

    /** All managers live and both hosts are watched, whatever the test before has done. */
    @AfterEach
    void startWhatIsMissing() {
        managers.forEach(ManagerProcess::resume);
        managers.forEach(ManagerProcess::start);
        managers.forEach(ManagerProcess::awaitReady);
        Await.until("every host to be watched", LIMIT, () -> hosts.stream().allMatch(host -> isWatched(host)));
    }

    /** Managers were killed, paused and fenced, and the database was restarted: what they wrote is still one whole log. */
    @AfterEach
    void theAuditLogIsWhole(@TempDir Path directory) throws IOException {
        managers.forEach(ManagerProcess::resume);
        managers.forEach(ManagerProcess::start);
        managers.forEach(ManagerProcess::awaitReady);
        String log = client.send("GET", "/audit/export", null, Map.of()).body();
        Path file = Files.writeString(directory.resolve("audit.jsonl"), log);
        String authority =
                client.get("/audit/authority").required("fingerprint").stringValue();
        StringWriter said = new StringWriter();

        assertThat(verify(said, file, authority)).as(said.toString()).isZero();
        assertThat(said.toString()).startsWith("whole: ").contains("authority: " + authority);

        Files.writeString(file, log.replaceFirst("\"principal\":\"admin\"", "\"principal\":\"nobody\""));
        assertThat(verify(said, file, authority)).isOne();
        assertThat(said.toString()).contains("BROKEN").contains("has been altered");
    }

    private static int verify(StringWriter said, Path log, String authority) {
        return new CommandLine(new AuditCommand())
                .setOut(new PrintWriter(said, true))
                .execute("verify", log.toString(), "--authority", authority);
    }

    @ParameterizedTest
    @ValueSource(strings = {"REQUESTED", "VOLUME_READY"})
    void theWatcherOfAHostIsKilledInMidStartAndTheVmRunsOnce(String phase) throws Exception {
        LabHost host = hosts.getFirst();
        ManagerProcess watcher = watcherOf(host);
        JsonNode task = client.submit(
                "POST",
                "/vms",
                Map.of(
                        "name",
                        "started-while-killed-" + phase.toLowerCase(Locale.ROOT).replace('_', '-'),
                        "imageId",
                        dataCenter.guestImage(),
                        "vcpus",
                        1,
                        "memoryMiB",
                        256,
                        "hostId",
                        dataCenter.idOf(host)));
        UUID vm = UUID.fromString(task.required("target").required("id").stringValue());
        String taskId = task.required("id").stringValue();
        try (WhereItRuns whereItRuns = new WhereItRuns(hosts, vm)) {
            Await.until("the task to get on", LIMIT, () -> {
                JsonNode now = client.get("/tasks/" + taskId);
                return !now.required("finishedAt").isNull()
                        || now.required("phase").stringValue().equals(phase);
            });

            watcher.kill();

            client.awaitSuccess(task, LIMIT);
            Await.until(
                    "the VM to be seen",
                    LIMIT,
                    () -> client.get("/vms/" + vm)
                            .required("status")
                            .stringValue()
                            .equals("UP"));
            assertThat(WhereItRuns.runningOn(hosts, vm)).containsExactly(host.name());
            assertThat(WhereItRuns.processesOn(hosts, vm)).containsExactly(host.name());
            assertThat(whereItRuns.violations()).isEmpty();
        }
        remove(vm);
    }

    @Test
    void aManagerThatIsPausedInMidMigrationFindsItselfFencedAndJoinsAgain() throws Exception {
        // Not the one that this test asks.
        ManagerProcess paused = managers.stream()
                .filter(manager -> !view(manager).required("answering").booleanValue())
                .filter(manager -> !watchedBy(manager).isEmpty())
                .findFirst()
                .orElseThrow();
        LabHost source = dataCenter.stack().lab().host(watchedBy(paused).getFirst());
        LabHost target = hosts.get(0).name().equals(source.name()) ? hosts.get(1) : hosts.get(0);
        long lives = view(paused).required("lives").longValue();
        ProcessHandle before = paused.running().orElseThrow();
        try (RunningVm vm = RunningVm.create(dataCenter, "moved-while-paused", dataCenter.idOf(source), 256);
                WhereItRuns whereItRuns = new WhereItRuns(hosts, vm.id())) {
            vm.writeMemory(64, 40);
            String taskId = vm.migrateTo(
                            dataCenter.idOf(target), Map.of("bandwidthMiBPerSecond", 8, "autoConverge", false))
                    .required("id")
                    .stringValue();
            Await.until(
                    "bytes on their way",
                    LIMIT,
                    () -> client.get("/tasks/" + taskId)
                                    .required("progress")
                                    .path("memoryTransferredBytes")
                                    .asLong(0)
                            > 0);

            paused.pause();
            Await.until("the others to notice", LIMIT, () -> stateOf(paused).equals("FENCED"));
            Await.until("the host to be watched by another", LIMIT, () -> isWatched(source));
            vm.probe().dirtyMemory(0, 0);
            assertThat(client.send(
                                    "PATCH",
                                    "/vms/" + vm.id() + "/migration",
                                    Map.of("bandwidthMiBPerSecond", 512),
                                    Map.of())
                            .status())
                    .isEqualTo(204);
            JsonNode ended = client.awaitTask(taskId, LIMIT);
            assertThat(ended.required("state").stringValue())
                    .as(ended.toPrettyString())
                    .isEqualTo("SUCCEEDED");

            paused.resume();
            Await.until("the end of the one that woke", LIMIT, () -> !before.isAlive());
            Await.until(
                    "its next life",
                    LIMIT,
                    () -> stateOf(paused).equals("LIVING")
                            && view(paused).required("lives").longValue() == lives + 1);
            assertThat(logOf(paused)).contains("with exit code 75").contains("it is started again");
            paused.awaitReady();

            assertThat(WhereItRuns.runningOn(hosts, vm.id())).containsExactly(target.name());
            assertThat(WhereItRuns.processesOn(hosts, vm.id())).containsExactly(target.name());
            assertThat(whereItRuns.violations()).isEmpty();
            vm.mustStillCount();
            assertThat(vm.probe().violations()).isEmpty();
        }
    }

    @Test
    void guestsAndAgentsGoOnWithoutAnyManager() throws Exception {
        LabHost host = hosts.getFirst();
        try (RunningVm vm = RunningVm.create(dataCenter, "alone", dataCenter.idOf(host), 256)) {
            List<Long> agents = agents();

            managers.forEach(ManagerProcess::kill);

            assertThat(managers).noneMatch(ManagerProcess::isAlive);
            GuestProbe.Status then = vm.probe().awaitAnswer(LIMIT);
            vm.probe().awaitCounterAbove(then.counter() + 20, LIMIT);
            assertThat(WhereItRuns.runningOn(hosts, vm.id())).containsExactly(host.name());
            assertThat(agents()).as("the same agents").isEqualTo(agents);

            managers.forEach(ManagerProcess::start);
            managers.forEach(ManagerProcess::awaitReady);
            Await.until(
                    "all to be seen again",
                    LIMIT,
                    () -> vm.view().required("status").stringValue().equals("UP")
                            && hosts.stream().allMatch(each -> isUp(each) && isWatched(each)));
            vm.mustStillCount();
            assertThat(vm.probe().violations()).isEmpty();
            assertThat(agents()).as("the same agents").isEqualTo(agents);
        }
    }

    @Test
    void managersSurviveARestartOfTheDatabase() throws Exception {
        List<ProcessHandle> before = processes();

        dataCenter.stack().postgres().restart();

        try (RunningVm vm = createWhenPossible()) {
            vm.mustStillCount();
        }
        assertThat(processes()).as("nobody was fenced").isEqualTo(before);
    }

    private RunningVm createWhenPossible() throws Exception {
        // A pool notices a dead connection when it uses it: the first requests may fail.
        Await.until(
                "answers",
                LIMIT,
                () -> managers.stream().allMatch(manager -> {
                    try (MesetaClient each = manager.client()) {
                        return each.send("GET", "/vms", null, Map.of()).status() == 200;
                    }
                }));
        return RunningVm.create(dataCenter, "after-the-database", dataCenter.idOf(hosts.getLast()), 256);
    }

    private void remove(UUID vm) throws Exception {
        client.awaitSuccess(client.submit("POST", "/vms/" + vm + "/stop", Map.of("mode", "FORCED")), LIMIT);
        Await.until(
                "the VM to be seen down",
                LIMIT,
                () -> client.get("/vms/" + vm).required("status").stringValue().equals("DOWN"));
        client.awaitSuccess(client.submit("DELETE", "/vms/" + vm, null), LIMIT);
        assertThat(WhereItRuns.processesOn(hosts, vm)).isEmpty();
    }

    private List<ProcessHandle> processes() {
        return managers.stream().map(manager -> manager.running().orElseThrow()).toList();
    }

    private List<Long> agents() {
        return hosts.stream()
                .map(host -> host.agentProcess().orElseThrow().pid())
                .toList();
    }

    private static String logOf(ManagerProcess manager) throws IOException {
        return Files.readString(manager.log());
    }

    private JsonNode view(ManagerProcess manager) {
        return client.get("/managers?q=name:" + manager.name())
                .required("items")
                .required(0);
    }

    private String stateOf(ManagerProcess manager) {
        return view(manager).required("state").stringValue();
    }

    /** Names of the hosts whose watch by this manager is complete. */
    private List<String> watchedBy(ManagerProcess manager) {
        return client.get("/managers/" + view(manager).required("id").stringValue() + "/hosts")
                .valueStream()
                .filter(host -> host.required("connected").booleanValue())
                .map(host -> host.required("name").stringValue())
                .toList();
    }

    private boolean isWatched(LabHost host) {
        return managers.stream()
                .filter(manager -> stateOf(manager).equals("LIVING"))
                .anyMatch(manager -> watchedBy(manager).contains(host.name()));
    }

    private boolean isUp(LabHost host) {
        return client.get("/hosts?q=name:" + host.name())
                .required("items")
                .required(0)
                .required("status")
                .stringValue()
                .equals("UP");
    }

    /** For a moment there is none, while hosts are shared out among managers of which one has just come. */
    private ManagerProcess watcherOf(LabHost host) {
        return Await.result(
                "somebody to watch the host",
                LIMIT,
                () -> managers.stream()
                        .filter(manager -> watchedBy(manager).contains(host.name()))
                        .findFirst());
    }
}
