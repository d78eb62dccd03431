package dev.meseta.agent.hypervisor.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.agent.flows.FlowBatch;
import dev.meseta.agent.flows.FlowFeed;
import dev.meseta.agent.flows.FlowRecord;
import dev.meseta.agent.flows.Flows;
import dev.meseta.agent.flows.datapath.DatapathFlows;
import dev.meseta.agent.flows.datapath.NetworkNamespace;
import dev.meseta.agent.hypervisor.Await;
import dev.meseta.agent.hypervisor.DomainDefinition;
import dev.meseta.agent.hypervisor.DomainDefinition.Firmware;
import dev.meseta.agent.hypervisor.DomainDefinition.Nic;
import dev.meseta.agent.hypervisor.MigrationRequest;
import dev.meseta.agent.system.ProcessCommands;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tap of a real domain: libvirt makes it and says whose it is, and it goes with a migration. */
@Tag("integration")
class FlowsOnLibvirtTest {

    private static final String BRIDGE = "meseta-seen";

    @TempDir
    private Path directory;

    private final PrivateHosts hosts = new PrivateHosts();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final List<FlowRecord> seen = new ArrayList<>();

    @AfterEach
    void tearDown() {
        executor.shutdownNow();
        scheduler.shutdownNow();
        hosts.close();
        var unused = new ProcessCommands()
                .run(List.of("umount", "--lazy", directory.resolve("bpf").toString()), Duration.ofSeconds(10));
    }

    @Test
    void trafficOfARealDomainIsSeenUntilItHasLeft() {
        UUID diskId = UUID.randomUUID();
        Nic nic = new Nic(UUID.randomUUID(), UUID.randomUUID(), "52:54:00:aa:bb:03", BRIDGE, 1450);
        DomainDefinition definition = new DomainDefinition(
                UUID.randomUUID(),
                "seen",
                1,
                64L << 20,
                Firmware.BIOS,
                Optional.empty(),
                List.of(new DomainDefinition.Disk(diskId, hosts.newDisk(diskId))),
                List.of(nic),
                Optional.empty(),
                1);
        hosts.one.addBridge(BRIDGE);
        hosts.other.addBridge(BRIDGE);
        try (NetworkNamespace namespace = NetworkNamespace.enter(hosts.one.network());
                LibvirtHypervisor source = LibvirtHypervisorContractTest.connect(hosts.one);
                LibvirtHypervisor target = LibvirtHypervisorContractTest.connect(hosts.other);
                Flows flows = DatapathFlows.open(
                        new Flows.Given(
                                source,
                                Optional.of(directory.resolve("bpf")),
                                InstantSource.system(),
                                executor,
                                scheduler),
                        DatapathFlows.Settings.DEFAULT,
                        new ProcessCommands());
                FlowFeed.Watcher watcher = flows.feed().watch("", () -> {})) {
            assertThat(flows.condition()).isEmpty();
            source.start(definition);
            assertThat(namespace.run(List.of("ip", "link", "show", "dev", nic.tap())))
                    .contains("master " + BRIDGE);
            Await.until(
                    "the tap has its programs",
                    () -> namespace
                            .run(List.of("tc", "filter", "show", "dev", nic.tap(), "egress"))
                            .contains("to_guest"));
            // The bridge asks for a neighbour: a broadcast that the guest gets, too.
            namespace.run(List.of("ip", "address", "add", "10.77.0.1/24", "dev", BRIDGE));
            var unanswered = new ProcessCommands()
                    .run(List.of("busybox", "ping", "-c", "1", "-W", "1", "10.77.0.9"), Duration.ofSeconds(10));
            assertThat(unanswered.succeeded()).isFalse();
            awaitRecord(watcher, "the question is seen", record -> record.key().etherType() == 0x0806);
            assertThat(seen).allSatisfy(record -> {
                assertThat(record.vnic().vmId()).isEqualTo(definition.vmId());
                assertThat(record.vnic().nicId()).isEqualTo(nic.nicId());
                assertThat(record.vnic().networkId()).isEqualTo(nic.networkId());
            });

            var unused = source.migrate(new MigrationRequest(
                    definition, hosts.other.socket(), "tcp://" + hosts.other.address(), true, 0, 0, false, false));
            awaitRecord(
                    watcher,
                    "the flow ends with the tap",
                    record -> record.ended() && record.vnic().nicId().equals(nic.nicId()));
            assertThat(target.vnics()).extracting(vnic -> vnic.tap()).containsExactly(nic.tap());
            target.destroy(definition.vmId());
        }
    }

    private void awaitRecord(FlowFeed.Watcher watcher, String what, Predicate<FlowRecord> wanted) {
        Await.until(what, () -> {
            Optional<FlowBatch> batch = watcher.poll();
            batch.ifPresent(some -> seen.addAll(some.flows()));
            return seen.stream().anyMatch(wanted);
        });
    }
}
