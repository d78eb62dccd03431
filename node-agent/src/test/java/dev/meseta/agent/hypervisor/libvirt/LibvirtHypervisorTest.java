package dev.meseta.agent.hypervisor.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meseta.agent.hypervisor.Await;
import dev.meseta.agent.hypervisor.ConsoleKind;
import dev.meseta.agent.hypervisor.DomainDefinition;
import dev.meseta.agent.hypervisor.DomainDefinition.Disk;
import dev.meseta.agent.hypervisor.DomainDefinition.Firmware;
import dev.meseta.agent.hypervisor.DomainDefinition.Nic;
import dev.meseta.agent.hypervisor.DomainReason;
import dev.meseta.agent.hypervisor.DomainState;
import dev.meseta.agent.hypervisor.DomainStatus;
import dev.meseta.agent.hypervisor.EventRecorder;
import dev.meseta.agent.hypervisor.HypervisorException;
import dev.meseta.agent.hypervisor.HypervisorException.Code;
import dev.meseta.agent.hypervisor.MigrationRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What only this driver has: real processes, and a libvirtd that can go away. */
@Tag("integration")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LibvirtHypervisorTest {

    private static final long MEBIBYTE = 1L << 20;

    private final PrivateHosts hosts = new PrivateHosts();

    @AfterEach
    void removeDomains() {
        for (String domain : hosts.one.virsh("list", "--name").split("\n")) {
            if (!domain.isBlank()) {
                hosts.one.virsh("destroy", domain);
            }
        }
    }

    @AfterAll
    void stopHosts() {
        hosts.close();
    }

    @Test
    void aDomainWithEverythingRunsConfined() throws IOException {
        hosts.one.addBridge("meseta-1");
        Nic nic = new Nic(UUID.randomUUID(), UUID.randomUUID(), "52:54:00:aa:bb:01", "meseta-1", 1450);
        DomainDefinition definition = definition(Firmware.UEFI, List.of(nic));

        try (LibvirtHypervisor hypervisor = LibvirtHypervisorContractTest.connect(hosts.one)) {
            hypervisor.start(definition);

            List<String> status = Files.readAllLines(Path.of(
                    "/proc", Long.toString(hosts.one.emulator(definition.vmId()).pid()), "status"));
            assertThat(status).anyMatch(line -> line.matches("Seccomp:\\s+2"));
            assertThat(status).noneMatch(line -> line.matches("Uid:.*\\s0(\\s.*)?"));
            String xml = hosts.one.virsh("dumpxml", definition.vmId().toString());
            assertThat(xml).contains("<target dev='" + nic.tap() + "'/>");
            assertThat(xml).contains("<graphics type='vnc' socket=").doesNotContain("type='address'");
            assertThat(hypervisor.capabilities()).isNotEmpty();
        }
    }

    /** RFC 6143, 7.1.1: the server speaks first. */
    @Test
    void theScreenSpeaksTheRemoteFramebufferProtocol() throws IOException {
        DomainDefinition definition = definition(Firmware.BIOS, List.of());
        try (LibvirtHypervisor hypervisor = LibvirtHypervisorContractTest.connect(hosts.one)) {
            hypervisor.start(definition);
            try (ByteChannel screen = hypervisor.openConsole(definition.vmId(), ConsoleKind.VNC)) {
                ByteBuffer greeting = ByteBuffer.allocate("RFB 003.008\n".length());
                while (greeting.hasRemaining()) {
                    assertThat(screen.read(greeting)).isPositive();
                }
                assertThat(new String(greeting.array(), StandardCharsets.US_ASCII))
                        .isEqualTo("RFB 003.008\n");
            }
        }
    }

    @Test
    void whatHappensWhileLibvirtdIsAwayIsHeardOfAfterwards() {
        try (LibvirtHypervisor hypervisor = LibvirtHypervisorContractTest.connect(hosts.one)) {
            EventRecorder events = new EventRecorder();
            var subscription = hypervisor.subscribe(events);
            DomainDefinition survivor = definition(Firmware.BIOS, List.of());
            DomainDefinition victim = definition(Firmware.BIOS, List.of());
            hypervisor.start(survivor);
            hypervisor.start(victim);
            events.await(survivor.vmId(), DomainState.RUNNING);
            ProcessHandle emulator = hosts.one.emulator(victim.vmId());

            hosts.one.killDaemon();
            assertFails(Code.HYPERVISOR_UNAVAILABLE, hypervisor::domains);
            assertFails(Code.HYPERVISOR_UNAVAILABLE, () -> hypervisor.destroy(survivor.vmId()));
            emulator.destroyForcibly();
            hosts.one.start();

            DomainStatus end = events.await(victim.vmId(), DomainState.GONE);
            assertThat(end.reason()).isIn(DomainReason.NONE, DomainReason.CRASHED);
            Await.until("the driver has reconnected", () -> isHere(hypervisor, survivor.vmId()));
            hypervisor.suspend(survivor.vmId());
            events.await(survivor.vmId(), DomainState.PAUSED);
            subscription.close();
        }
        try (LibvirtHypervisor successor = LibvirtHypervisorContractTest.connect(hosts.one)) {
            assertThat(successor.domains()).extracting(DomainStatus::state).containsExactly(DomainState.PAUSED);
        }
    }

    @Test
    void theOutcomeOfAMigrationIsUnknownWhenLibvirtdDies() throws Exception {
        DomainDefinition definition = definition(Firmware.BIOS, List.of());
        try (LibvirtHypervisor hypervisor = LibvirtHypervisorContractTest.connect(hosts.one);
                LibvirtHypervisor atTarget = LibvirtHypervisorContractTest.connect(hosts.other)) {
            assertThat(atTarget.domains()).isEmpty();
            hypervisor.start(definition);
            MigrationRequest request = new MigrationRequest(
                    definition,
                    hosts.other.socket(),
                    "tcp://" + hosts.other.address(),
                    true,
                    50,
                    MEBIBYTE,
                    false,
                    false);
            CompletableFuture<Object> migration = CompletableFuture.supplyAsync(() -> hypervisor.migrate(request));
            Await.until(
                    "memory is copied",
                    () -> hypervisor
                            .migrationProgress(definition.vmId())
                            .filter(progress -> progress.memoryTransferredBytes() > 0)
                            .isPresent());
            assertThat(hosts.one.virsh(
                            "migrate-getmaxdowntime", definition.vmId().toString()))
                    .isEqualTo("50");

            hosts.one.killDaemon();

            try {
                throw new AssertionError("migration succeeded: " + migration.get(1, TimeUnit.MINUTES));
            } catch (ExecutionException e) {
                assertThat(e.getCause())
                        .isInstanceOfSatisfying(
                                HypervisorException.class,
                                failure -> assertThat(failure.code()).isEqualTo(Code.OUTCOME_UNKNOWN));
            }
            hosts.one.start();
            Await.until("the driver has reconnected", () -> isHere(hypervisor, definition.vmId()));
            Await.until(
                    "libvirt has given the migration up",
                    () -> hypervisor.migrationProgress(definition.vmId()).isEmpty());
            assertThat(hypervisor.domain(definition.vmId()).orElseThrow().state())
                    .isEqualTo(DomainState.RUNNING);
        }
    }

    @Test
    void nobodyAtTheOtherEnd() {
        assertFails(
                Code.HYPERVISOR_UNAVAILABLE,
                () -> LibvirtHypervisor.connect(
                                "qemu+unix:///system?socket=/nowhere/libvirt-sock", LibvirtSettings.defaults())
                        .close());
    }

    @Test
    void aDiskThatIsNotThereIsAFailedStart() {
        DomainDefinition definition = new DomainDefinition(
                UUID.randomUUID(),
                "diskless",
                1,
                64 * MEBIBYTE,
                Firmware.BIOS,
                Optional.empty(),
                List.of(new Disk(UUID.randomUUID(), Path.of("/nowhere/disk.qcow2"))),
                List.of(),
                Optional.empty(),
                1);
        try (LibvirtHypervisor hypervisor = LibvirtHypervisorContractTest.connect(hosts.one)) {
            assertFails(Code.DOMAIN_START_FAILED, () -> hypervisor.start(definition));
            assertThat(hypervisor.domain(definition.vmId())).isEmpty();
        }
    }

    private DomainDefinition definition(Firmware firmware, List<Nic> nics) {
        UUID first = UUID.randomUUID();
        UUID second = UUID.randomUUID();
        return new DomainDefinition(
                UUID.randomUUID(),
                "all \"of\" it",
                2,
                256 * MEBIBYTE,
                firmware,
                Optional.empty(),
                List.of(new Disk(first, hosts.newDisk(first)), new Disk(second, hosts.newDisk(second))),
                nics,
                Optional.of(hosts.newDisk(UUID.randomUUID())),
                1);
    }

    private static boolean isHere(LibvirtHypervisor hypervisor, UUID vmId) {
        try {
            return hypervisor.domain(vmId).isPresent();
        } catch (HypervisorException e) {
            assertThat(e.code()).isEqualTo(Code.HYPERVISOR_UNAVAILABLE);
            return false;
        }
    }

    private static void assertFails(Code code, ThrowingCallable call) {
        assertThatExceptionOfType(HypervisorException.class)
                .isThrownBy(call)
                .extracting(HypervisorException::code)
                .isEqualTo(code);
    }
}
