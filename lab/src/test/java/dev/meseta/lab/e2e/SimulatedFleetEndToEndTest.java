package dev.meseta.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.meseta.lab.client.MesetaClient;
import dev.meseta.lab.fleet.FleetClient;
import dev.meseta.lab.fleet.SimulatedHosts;
import dev.meseta.lab.process.Await;
import dev.meseta.lab.stack.Progress;
import dev.meseta.lab.stack.Stack;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Many simulated hosts behind a real manager: what it believes is what really runs. */
@Tag("e2e")
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(600)
class SimulatedFleetEndToEndTest {

    private static final int HOSTS = 50;
    private static final int VMS = 100;
    private static final Duration TASK = Duration.ofMinutes(2);

    private TraceReceiver traces;
    private Stack stack;
    private MesetaClient client;
    private FleetClient fleet;

    @BeforeAll
    void start(@TempDir Path directory) {
        stack = Stack.forThisProcess(Path.of("..").toAbsolutePath().normalize(), directory);
        traces = TraceReceiver.start();
        stack.up(
                new Stack.Wanted(0, HOSTS, 1, Optional.empty(), Optional.of(traces.collector())),
                new Progress(new PrintWriter(System.out, true, StandardCharsets.UTF_8)));
        client = stack.client();
        fleet = stack.fleet().connect();
    }

    @AfterAll
    void stop() {
        fleet.close();
        client.close();
        stack.close();
        traces.close();
    }

    @Test
    void hundredVmsComeAndGoAndTheManagerIsRightAboutThem() throws Exception {
        String image = client.list("/images").getFirst().required("id").stringValue();
        List<JsonNode> tasks = new ArrayList<>();
        for (int number = 0; number < VMS; number++) {
            tasks.add(client.submit(
                    "POST", "/vms", Map.of("name", "vm-" + number, "imageId", image, "vcpus", 1, "memoryMiB", 128)));
        }
        awaitAll(tasks);
        assertThat(really()).hasSize(VMS);
        awaitTruth();

        List<String> ids = client.list("/vms").stream()
                .map(vm -> vm.required("id").stringValue())
                .toList();
        tasks.clear();
        ids.forEach(id -> tasks.add(client.submit("POST", "/vms/" + id + "/stop", Map.of("mode", "FORCED"))));
        awaitAll(tasks);
        assertThat(really()).isEmpty();

        tasks.clear();
        ids.forEach(id -> tasks.add(client.submit("DELETE", "/vms/" + id, null)));
        awaitAll(tasks);
        assertThat(client.list("/vms")).isEmpty();
        assertThat(disks()).as("disks left behind").isZero();
    }

    @Test
    void oneIdLeadsFromTheCallersTraceToTheAgentsOperation() throws Exception {
        String traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
        String correlationId = "4bf92f35-77b3-4da6-a3ce-929d0e0e4736";
        Map<String, String> headers = Map.of("traceparent", "00-" + traceId + "-00f067aa0ba902b7-01");
        Map<String, Object> vm = Map.of(
                "name",
                "traced",
                "imageId",
                client.list("/images").getFirst().required("id").stringValue(),
                "vcpus",
                1,
                "memoryMiB",
                128);

        MesetaClient.Answer accepted = client.send("POST", "/vms", vm, headers);
        JsonNode task = client.awaitSuccess(accepted.expect(202), TASK);
        MesetaClient.Answer refused = client.send("POST", "/vms", vm, headers);

        String vmId = task.required("target").required("id").stringValue();
        assertThat(accepted.headers().get("x-correlation-id")).containsExactly(correlationId);
        assertThat(task.required("correlationId").stringValue()).isEqualTo(correlationId);
        assertThat(refused.code()).isEqualTo("NAME_TAKEN");
        assertThat(refused.json().required("correlationId").stringValue()).isEqualTo(correlationId);
        assertThat(client.list("/events?q=object:" + vmId))
                .extracting(event -> event.required("correlationId").stringValue())
                .contains(correlationId);
        assertThat(client.send("GET", "/audit/export", null, Map.of()).body().lines())
                .anyMatch(line -> line.contains("POST /api/v1/vms") && line.contains(correlationId));

        TraceReceiver.Trace trace = traces.await(
                traceId,
                told -> told.named("POST /api/v1/vms").size() == 2
                        && told.has("task vm.create")
                        && told.has("domain.ensure-running"));
        TraceReceiver.Told started = trace.named("domain.ensure-running").getFirst();
        assertThat(trace.way(started))
                .containsExactly(
                        "domain.ensure-running",
                        "meseta.v1.DomainService/EnsureRunning",
                        "step vm.create VOLUME_READY",
                        "task vm.create",
                        "accept vm.create",
                        "POST /api/v1/vms");
        assertThat(started.program()).isEqualTo("meseta-agent");
        assertThat(started.attribute("meseta.target.id")).isEqualTo(vmId);
        assertThat(started.attribute("meseta.operation.state")).isEqualTo("SUCCEEDED");
        assertThat(started.attribute("meseta.operation.id"))
                .startsWith(task.required("id").stringValue());
        assertThat(trace.named("POST /api/v1/vms"))
                .extracting(TraceReceiver.Told::parentId, span -> span.attribute("error.type"))
                .containsExactlyInAnyOrder(tuple("00f067aa0ba902b7", ""), tuple("00f067aa0ba902b7", "NAME_TAKEN"));
        assertThat(trace.spans()).allSatisfy(span -> assertThat(span.resource()).containsKey("service.instance.id"));
        client.awaitSuccess(client.submit("POST", "/vms/" + vmId + "/stop", Map.of("mode", "FORCED")), TASK);
        client.awaitSuccess(client.submit("DELETE", "/vms/" + vmId, null), TASK);
    }

    @Test
    void aHostThatLosesItsPowerIsNoticedAndComesBack() {
        String host = fleet.hosts().getLast().name();

        fleet.powerOff(host);
        Await.until(host + " to be noticed", TASK, () -> !"UP".equals(status(host)));

        fleet.powerOn(host);
        Await.until(host + " to be UP again", TASK, () -> "UP".equals(status(host)));
    }

    private String status(String host) {
        return SimulatedHosts.statuses(client).getOrDefault(host, "");
    }

    private void awaitAll(List<JsonNode> tasks) throws Exception {
        for (JsonNode task : tasks) {
            client.awaitSuccess(task, TASK);
        }
    }

    private void awaitTruth() {
        Await.until("the manager to know what runs", TASK, () -> believed().equals(really()));
    }

    private Set<String> really() {
        return fleet.guests(FleetClient.ALL).stream()
                .map(guest -> guest.host() + " " + guest.vmId())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Set<String> believed() {
        Map<String, String> names = client.list("/hosts").stream()
                .collect(Collectors.toMap(
                        host -> host.required("id").stringValue(),
                        host -> host.required("name").stringValue()));
        return client.list("/vms").stream()
                .filter(vm -> vm.required("status").stringValue().equals("UP"))
                .map(vm -> names.get(vm.required("hostId").stringValue()) + " "
                        + vm.required("id").stringValue())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private long disks() {
        try (Stream<Path> files = Files.list(stack.lab().sharedStorage().resolve("disks"))) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
