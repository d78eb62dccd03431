package dev.meseta.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.lab.client.ConsoleClient;
import dev.meseta.lab.client.GuestProbe;
import dev.meseta.lab.client.MesetaClient;
import dev.meseta.lab.host.LabHost;
import dev.meseta.lab.process.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Live migration on two real hosts, and what is left of it when somebody dies in the middle. */
@Tag("e2e")
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(600)
class MigrationEndToEndTest {

    private static final Duration MIGRATION = Duration.ofSeconds(90);
    private static final Duration CONSOLE = Duration.ofSeconds(30);
    private static final int MEMORY_MIB = 256;

    /** Slow enough that a fault hits the copy: 256 MiB of guest at 8 MiB/s, and the guest writes faster than that. */
    private static final Map<String, Object> SLOW = Map.of("bandwidthMiBPerSecond", 8, "autoConverge", false);

    private TraceReceiver traces;
    private TestDataCenter dataCenter;
    private MesetaClient client;
    private List<LabHost> hosts;
    private RunningVm vm;
    private WhereItRuns whereItRuns;
    private int number;

    @BeforeAll
    void startDataCenter(@TempDir Path directory) {
        traces = TraceReceiver.start();
        dataCenter = TestDataCenter.start(directory, 1, Optional.of(traces.collector()));
        client = dataCenter.client();
        hosts = dataCenter.hosts();
    }

    @AfterAll
    void stopDataCenter() {
        dataCenter.close();
        traces.close();
    }

    @BeforeEach
    void createVm() throws Exception {
        vm = RunningVm.create(dataCenter, "counter-" + ++number, dataCenter.idOf(hosts.get(0)), MEMORY_MIB);
        whereItRuns = new WhereItRuns(hosts, vm.id());
    }

    @AfterEach
    void removeVm() throws Exception {
        whereItRuns.close();
        vm.close();
        assertThat(WhereItRuns.processesOn(hosts, vm.id()))
                .as("nothing is left")
                .isEmpty();
    }

    @Test
    void movesTenTimesThereAndBackAndTheGuestNeverNotices() throws Exception {
        for (int round = 0; round < 10; round++) {
            for (LabHost target : List.of(hosts.get(1), hosts.get(0))) {
                JsonNode task = client.awaitSuccess(vm.migrateTo(dataCenter.idOf(target), Map.of()), MIGRATION);

                assertThat(task.required("progress").required("downtimeMs").longValue())
                        .as("measured downtime")
                        .isPositive();
                assertThat(WhereItRuns.runningOn(hosts, vm.id())).containsExactly(target.name());
                assertThat(vm.hostId()).isEqualTo(dataCenter.idOf(target));
                guestNoticedNothing();
            }
        }
        assertThat(whereItRuns.violations()).isEmpty();
        assertThat(whereItRuns.rounds()).isGreaterThan(20);
    }

    @Test
    void bothAgentsAreInTheTraceOfAMigration() throws Exception {
        JsonNode task = client.awaitSuccess(vm.migrateTo(dataCenter.idOf(hosts.get(1)), Map.of()), MIGRATION);

        TraceReceiver.Trace trace = traces.await(
                task.required("correlationId").stringValue().replace("-", ""),
                told -> told.has("task vm.migrate")
                        && told.has("migration.prepare-target")
                        && told.has("migration.start"));
        assertThat(List.of("migration.prepare-target", "migration.start"))
                .allSatisfy(
                        operation -> assertThat(trace.way(trace.named(operation).getFirst()))
                                .endsWith("task vm.migrate", "accept vm.migrate", "POST /api/v1/vms/{id}/migrate"));
        assertThat(trace.named("migration.start").getFirst().attribute("meseta.host.id"))
                .isEqualTo(dataCenter.idOf(hosts.get(0)));
        assertThat(trace.named("migration.prepare-target").getFirst().attribute("meseta.host.id"))
                .isEqualTo(dataCenter.idOf(hosts.get(1)));
    }

    @Test
    void aConsoleShowsTheGuestAndFollowsIt() throws Exception {
        try (ConsoleClient screen = ConsoleClient.open(client, vm.id(), "VNC")) {
            screen.awaitText("RFB 003.008", CONSOLE);
        }
        try (ConsoleClient shell = ConsoleClient.open(client, vm.id(), "SERIAL")) {
            shell.type("\rremembered=4711\recho answer-$((40 + 2))\r");
            shell.awaitText("answer-42", CONSOLE);

            client.awaitSuccess(vm.migrateTo(dataCenter.idOf(hosts.get(1)), Map.of()), MIGRATION);
            assertThat(shell.awaitEnd(CONSOLE)).isEqualTo("CONSOLE_MOVED");
        }
        try (ConsoleClient shell = ConsoleClient.open(client, vm.id(), "SERIAL");
                ConsoleClient screen = ConsoleClient.open(client, vm.id(), "VNC")) {
            shell.type("echo it-was-$remembered\r");
            shell.awaitText("it-was-4711", CONSOLE);
            screen.awaitText("RFB 003.008", CONSOLE);

            try (ConsoleClient another = ConsoleClient.open(client, vm.id(), "SERIAL")) {
                assertThat(shell.awaitEnd(CONSOLE)).isEqualTo("CONSOLE_CLOSED");
                another.type("echo one-$((1 + 1))-two\r");
                another.awaitText("one-2-two", CONSOLE);
            }
        }
    }

    @Test
    void cancelInMidCopyLeavesItRunningOnTheSource() throws Exception {
        String taskId = migrateSlowly();

        client.send("POST", "/tasks/" + taskId + "/cancel", null, Map.of()).expect(202);

        JsonNode ended = client.awaitTask(taskId, MIGRATION);
        assertThat(ended.required("state").stringValue()).isEqualTo("CANCELLED");
        assertRunsOnSourceAlone();
    }

    @Test
    void killedTargetQemuInMidCopyLeavesItRunningOnTheSource() throws Exception {
        String taskId = migrateSlowly();

        hosts.get(1).kill(hosts.get(1).qemuProcesses());

        JsonNode ended = client.awaitTask(taskId, MIGRATION);
        assertThat(ended.required("state").stringValue()).isEqualTo("FAILED");
        assertThat(ended.required("error").required("code").stringValue()).isEqualTo("MIGRATION_FAILED");
        assertRunsOnSourceAlone();
        assertThat(WhereItRuns.processesOn(hosts, vm.id())).containsExactly("host-1");
    }

    @Test
    void killedSourceAgentInMidMigrationEndsRight() throws Exception {
        String taskId = migrateSlowly();

        dataCenter.restartAgentAfterKill(hosts.get(0));

        assertEndsRight(taskId);
    }

    @Test
    void killedTargetAgentInMidMigrationEndsRight() throws Exception {
        String taskId = migrateSlowly();

        dataCenter.restartAgentAfterKill(hosts.get(1));

        assertEndsRight(taskId);
    }

    @Test
    void killedManagerInMidMigrationEndsRight() throws Exception {
        String taskId = migrateSlowly();

        dataCenter.restartManagerAfterKill();
        client = dataCenter.client();
        vm.probe().dirtyMemory(0, 0);
        client.send("PATCH", "/vms/" + vm.id() + "/migration", Map.of("bandwidthMiBPerSecond", 512), Map.of());

        assertEndsRight(taskId);
    }

    @Test
    void secondMigrationOfTheSameVmIsRefused() throws Exception {
        String taskId = migrateSlowly();

        MesetaClient.Answer second = client.send(
                "POST",
                "/vms/" + vm.id() + "/migrate",
                Map.of("targetHostId", dataCenter.idOf(hosts.get(1))),
                Map.of("Idempotency-Key", UUID.randomUUID().toString()));

        assertThat(second.status()).isEqualTo(409);
        assertThat(second.code()).isEqualTo("TASK_IN_PROGRESS");
        client.send("POST", "/tasks/" + taskId + "/cancel", null, Map.of()).expect(202);
        client.awaitTask(taskId, MIGRATION);
        assertRunsOnSourceAlone();
    }

    /** Begins a migration to host-2 that is still copying when this returns; answers the task's id. */
    private String migrateSlowly() {
        vm.writeMemory(64, 40);
        String taskId =
                vm.migrateTo(dataCenter.idOf(hosts.get(1)), SLOW).required("id").stringValue();
        Await.until(
                "bytes on their way",
                Duration.ofSeconds(30),
                () -> client.get("/tasks/" + taskId)
                                .required("progress")
                                .path("memoryTransferredBytes")
                                .asLong(0)
                        > 0);
        return taskId;
    }

    private void assertRunsOnSourceAlone() throws Exception {
        assertThat(WhereItRuns.runningOn(hosts, vm.id())).containsExactly("host-1");
        assertThat(vm.hostId()).isEqualTo(dataCenter.idOf(hosts.get(0)));
        guestNoticedNothing();
        assertThat(whereItRuns.violations()).isEmpty();
    }

    /** Whichever way it ended: the guest runs exactly once, where the manager says, and is the same guest as before. */
    private void assertEndsRight(String taskId) throws Exception {
        GuestProbe.Status before = vm.probe().awaitAnswer(Duration.ofSeconds(30));
        JsonNode ended = client.awaitTask(taskId, Duration.ofMinutes(3));

        String expected = ended.required("state").stringValue().equals("SUCCEEDED") ? "host-2" : "host-1";
        assertThat(WhereItRuns.runningOn(hosts, vm.id())).containsExactly(expected);
        assertThat(WhereItRuns.processesOn(hosts, vm.id())).containsExactly(expected);
        Await.until(
                "the manager to show where it runs",
                Duration.ofSeconds(30),
                () -> vm.view().required("status").stringValue().equals("UP"));
        assertThat(vm.hostId())
                .isEqualTo(dataCenter.idOf(dataCenter.stack().lab().host(expected)));
        vm.probe().awaitCounterAbove(before.counter(), Duration.ofSeconds(30));
        assertThat(vm.probe().violations()).isEmpty();
        assertThat(whereItRuns.violations()).isEmpty();
    }

    private void guestNoticedNothing() throws TimeoutException {
        try {
            vm.mustStillCount();
            assertThat(vm.probe().violations()).isEmpty();
        } catch (TimeoutException | AssertionError noticed) {
            assertThat(whereItRuns.violations()).isEmpty();
            EmulatorFlaw.skipIfItIsThat(hosts, vm.id(), noticed);
            throw noticed;
        }
    }
}
