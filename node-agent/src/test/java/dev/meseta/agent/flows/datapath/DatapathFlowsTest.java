package dev.meseta.agent.flows.datapath;

import static dev.meseta.agent.flows.datapath.Frames.bytes;
import static dev.meseta.agent.flows.datapath.Frames.ethernet;
import static dev.meseta.agent.flows.datapath.Frames.ipv4;
import static dev.meseta.agent.flows.datapath.Frames.mac;
import static dev.meseta.agent.flows.datapath.Frames.udp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meseta.agent.flows.FlowBatch;
import dev.meseta.agent.flows.FlowCollector;
import dev.meseta.agent.flows.FlowFeed;
import dev.meseta.agent.flows.FlowRecord;
import dev.meseta.agent.flows.FlowSource;
import dev.meseta.agent.flows.Flows;
import dev.meseta.agent.hypervisor.Await;
import dev.meseta.agent.hypervisor.HostFacts;
import dev.meseta.agent.hypervisor.Vnic;
import dev.meseta.agent.system.ProcessCommands;
import dev.meseta.agent.testing.FakeHypervisor;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole, with its thread. */
@Tag("integration")
class DatapathFlowsTest {

    private static final byte[] UDP =
            ipv4(bytes(10, 0, 0, 1), bytes(10, 0, 0, 2), Frames.UDP, udp(1, 2, new byte[100]));

    @TempDir
    private Path directory;

    private final FakeHypervisor hypervisor = new FakeHypervisor();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private NetworkNamespace namespace;

    @BeforeEach
    void setUp() {
        namespace = NetworkNamespace.enter();
        namespace.bridge("br0");
    }

    @AfterEach
    void tearDown() {
        executor.shutdownNow();
        scheduler.shutdownNow();
        namespace.close();
        var unused = new ProcessCommands()
                .run(List.of("umount", "--lazy", directory.resolve("bpf").toString()), Duration.ofSeconds(10));
    }

    private Flows open(Duration readEvery) {
        Flows flows = DatapathFlows.open(
                given(Optional.of(directory.resolve("bpf"))),
                new DatapathFlows.Settings(4_096, readEvery, FlowCollector.Patience.DEFAULT, FlowFeed.Bounds.OF_HOST),
                new ProcessCommands());
        Optional<HostFacts.Condition> condition = flows.condition();
        assumeTrue(
                condition.isEmpty() || !condition.get().message().contains("not permitted"),
                "eBPF does not work here: " + condition);
        assertThat(condition).isEmpty();
        assertThat(flows.capabilities()).containsExactly("flows.datapath");
        return flows;
    }

    private Flows.Given given(Optional<Path> folder) {
        return new Flows.Given(hypervisor, folder, InstantSource.system(), executor, scheduler);
    }

    @Test
    void aNewTapIsSeenByItself() {
        try (Flows flows = open(Duration.ofSeconds(1));
                FlowFeed.Watcher watcher = flows.feed().watch("", () -> {});
                Tap tap = Tap.open(namespace, "br0")) {
            hypervisor.vnics(List.of(tap.vnic()));
            Await.until(
                    "the tap has its programs",
                    () -> namespace
                            .run(List.of(
                                    "tc", "filter", "show", "dev", tap.vnic().tap(), "ingress"))
                            .contains("from_guest"));
            tap.send(ethernet(mac(2), mac(1), Frames.IPV4, UDP));
            List<FlowRecord> records = new ArrayList<>();
            Await.until("the record comes", () -> {
                Optional<FlowBatch> batch = watcher.poll();
                batch.ifPresent(some -> {
                    assertThat(some.source()).isEqualTo(FlowSource.DATAPATH);
                    records.addAll(some.flows());
                });
                return !records.isEmpty();
            });
            assertThat(records.getFirst().vnic()).isEqualTo(tap.vnic());
            assertThat(records.getFirst().counters().bytesOut()).isEqualTo(142);
        }
    }

    @Test
    void fiftyQuietTapsCostNearlyNothing() {
        List<Tap> taps = new ArrayList<>();
        try (Flows flows = open(Duration.ofSeconds(1));
                FlowFeed.Watcher watcher = flows.feed().watch("", () -> {})) {
            List<Vnic> vnics = new ArrayList<>();
            for (int number = 0; number < 50; number++) {
                Tap tap = Tap.open(namespace, "br0");
                taps.add(tap);
                vnics.add(tap.vnic());
            }
            hypervisor.vnics(vnics);
            Tap last = taps.getLast();
            last.send(ethernet(mac(2), mac(1), Frames.IPV4, UDP));
            Await.until(
                    "the last tap is seen",
                    () -> watcher.poll().stream()
                            .flatMap(batch -> batch.flows().stream())
                            .anyMatch(record -> record.vnic().equals(last.vnic())));
            // Let what is only once be over: classes, the first questions.
            awaitBatches(watcher, 3);

            long begin = System.nanoTime();
            long before = cpuNanos();
            awaitBatches(watcher, 8);
            double share = (double) (cpuNanos() - before) / (System.nanoTime() - begin);
            System.out.println("The thread of flows with 50 quiet taps takes %.3f %% of a core".formatted(100 * share));
            assertThat(share).isLessThan(0.01);
        } finally {
            taps.forEach(Tap::close);
        }
    }

    private static void awaitBatches(FlowFeed.Watcher watcher, int number) {
        int[] came = {0};
        Await.until(number + " batches", () -> {
            came[0] += watcher.poll().isPresent() ? 1 : 0;
            return came[0] >= number;
        });
    }

    private static long cpuNanos() {
        var threads = ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getAllThreadIds())
                .filter(id -> Optional.ofNullable(threads.getThreadInfo(id))
                        .filter(thread -> thread.getThreadName().equals("flows"))
                        .isPresent())
                .map(threads::getThreadCpuTime)
                .sum();
    }

    @Test
    void whereNothingCanBeSeenTheHostSaysSo() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        try (Flows flows = DatapathFlows.open(
                given(Optional.of(file.resolve("below"))), DatapathFlows.Settings.DEFAULT, new ProcessCommands())) {
            assertThat(flows.capabilities()).isEmpty();
            assertThat(flows.condition().orElseThrow().code()).isEqualTo("FLOWS_NOT_SEEN");
            assertThat(flows.condition().orElseThrow().message()).contains("is not seen", file.toString());
            try (FlowFeed.Watcher watcher = flows.feed().watch("", () -> {})) {
                FlowBatch only = watcher.poll().orElseThrow();
                assertThat(only.source()).isEqualTo(FlowSource.NONE);
                assertThat(only.flows()).isEmpty();
                assertThat(watcher.poll()).isEmpty();
            }
        }
    }

    @Test
    void switchedOffIsSaid() {
        try (Flows flows =
                DatapathFlows.open(given(Optional.empty()), DatapathFlows.Settings.DEFAULT, new ProcessCommands())) {
            assertThat(flows.condition().orElseThrow().message()).contains("flows-folder");
        }
    }
}
