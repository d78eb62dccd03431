package dev.meseta.agent.hypervisor.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.agent.identity.IdentityFiles;
import dev.meseta.agent.system.Commands;
import dev.meseta.agent.system.FileOwner;
import dev.meseta.agent.system.ProcessCommands;
import dev.meseta.agent.testing.TestAgent;
import dev.meseta.agent.testing.TestAuthority;
import dev.meseta.agent.testing.TestManager;
import dev.meseta.proto.v1.CancelOperationRequest;
import dev.meseta.proto.v1.CloudInitSpec;
import dev.meseta.proto.v1.DiskSpec;
import dev.meseta.proto.v1.DomainSpec;
import dev.meseta.proto.v1.DomainState;
import dev.meseta.proto.v1.EnsureImageRequest;
import dev.meseta.proto.v1.EnsureRunningRequest;
import dev.meseta.proto.v1.EnsureStoppedRequest;
import dev.meseta.proto.v1.EnsureStorageDomainRequest;
import dev.meseta.proto.v1.EnsureVolumeRequest;
import dev.meseta.proto.v1.Firmware;
import dev.meseta.proto.v1.GetDomainRequest;
import dev.meseta.proto.v1.MigrationPolicy;
import dev.meseta.proto.v1.MigrationTargetResult;
import dev.meseta.proto.v1.Operation;
import dev.meseta.proto.v1.OperationState;
import dev.meseta.proto.v1.PrepareTargetRequest;
import dev.meseta.proto.v1.ReleaseTargetRequest;
import dev.meseta.proto.v1.SharedDirectory;
import dev.meseta.proto.v1.StartMigrationRequest;
import dev.meseta.proto.v1.StopMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Two whole agents, each with a real libvirtd, driven over gRPC as a manager drives them. */
@Tag("integration")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AgentsOnLibvirtTest {

    private static final long MEBIBYTE = 1L << 20;

    private final PrivateHosts hosts = new PrivateHosts();
    private final TestAuthority authority = new TestAuthority("control", Instant.now());
    private final String storageDomainId = UUID.randomUUID().toString();
    private final String vmId = UUID.randomUUID().toString();
    private final String diskId = UUID.randomUUID().toString();

    @TempDir
    private Path directory;

    @AfterAll
    void stopHosts() {
        hosts.close();
    }

    /** An agent and the manager's connection to it. */
    private final class Node implements AutoCloseable {

        private final String address;
        private final TestAgent agent;
        private final TestManager manager;

        private Node(String name, PrivateHost host) throws IOException {
            address = host.address();
            Path own = Files.createDirectory(directory.resolve(name));
            Files.createSymbolicLink(own.resolve("hypervisor.sock"), host.socket());
            agent = new TestAgent(
                    authority,
                    own,
                    LibvirtHypervisorContractTest.connect(host),
                    new WithoutNetworks(),
                    FileOwner.of("libvirt-qemu"));
            assertThat(new IdentityFiles(own.resolve("state")).present()).isTrue();
            manager = new TestManager(agent, authority);
        }

        private void succeeds(Operation begun) {
            Operation end = manager.end(begun);
            assertThat(end.getState()).as("%s", end).isEqualTo(OperationState.OPERATION_STATE_SUCCEEDED);
        }

        private DomainState state() {
            return manager.domains()
                    .get(GetDomainRequest.newBuilder().setVmId(vmId).build())
                    .getState();
        }

        private boolean has() {
            return manager
                    .domains()
                    .list(dev.meseta.proto.v1.ListDomainsRequest.getDefaultInstance())
                    .getDomainsList()
                    .stream()
                    .anyMatch(domain -> domain.getVmId().equals(vmId));
        }

        @Override
        public void close() {
            manager.close();
            agent.close();
        }
    }

    /** The agents run outside of their hosts' namespaces: no devices of theirs belong there. */
    private static final class WithoutNetworks implements Commands {
        private final Commands real = new ProcessCommands();

        @Override
        public Result run(java.util.List<String> arguments, java.time.Duration timeout) {
            boolean network =
                    arguments.getFirst().equals("ip") || arguments.getFirst().equals("bridge");
            return network ? new Result(1, "", "not here") : real.run(arguments, timeout);
        }
    }

    private DomainSpec spec() {
        return DomainSpec.newBuilder()
                .setVmId(vmId)
                .setName("a \"quoted\" <name>")
                .setVcpus(1)
                .setMemoryBytes(64 * MEBIBYTE)
                .setFirmware(Firmware.FIRMWARE_BIOS)
                .addDisks(DiskSpec.newBuilder().setDiskId(diskId).setStorageDomainId(storageDomainId))
                .setCloudInit(CloudInitSpec.newBuilder()
                        .setStorageDomainId(storageDomainId)
                        .setHostname("vm-1"))
                .build();
    }

    @Test
    void aMachineIsMadeStartedMovedCancelledAndStopped() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path share = Files.createDirectory(directory.resolve("share"));
        try (Node one = new Node("1", hosts.one);
                Node other = new Node("2", hosts.other)) {
            storage(one, share);
            storage(other, share);
            disk(one, share);
            one.succeeds(one.manager
                    .domains()
                    .ensureRunning(EnsureRunningRequest.newBuilder()
                            .setContext(TestManager.context("run"))
                            .setSpec(spec())
                            .build()));
            assertThat(one.state()).isEqualTo(DomainState.DOMAIN_STATE_RUNNING);

            for (int round = 0; round < 2; round++) {
                Node source = round % 2 == 0 ? one : other;
                Node target = round % 2 == 0 ? other : one;
                long began = System.nanoTime();
                Operation moved = migrate(source, target, "m" + round, 0);
                System.out.println("Migration through two agents took " + (System.nanoTime() - began) / 1_000_000
                        + " ms: " + moved.getMigration());
                assertThat(moved.getState()).as("%s", moved).isEqualTo(OperationState.OPERATION_STATE_SUCCEEDED);
                assertThat(moved.getMigration().getDowntimeMs()).isPositive();
                assertThat(source.has()).isFalse();
                assertThat(target.state()).isEqualTo(DomainState.DOMAIN_STATE_RUNNING);
                release(target, "m" + round);
                assertThat(target.state()).isEqualTo(DomainState.DOMAIN_STATE_RUNNING);
            }

            Operation slow = begin(one, prepare(other, "m-cancel", one), other, "m-cancel", MEBIBYTE);
            one.manager.await(event -> event.hasMigrationProgress()
                    && event.getMigrationProgress().getMigrationId().equals("m-cancel"));
            Operation unused = one.manager
                    .operations()
                    .cancel(CancelOperationRequest.newBuilder()
                            .setOperationId(slow.getOperationId())
                            .build());
            assertThat(one.manager.end(slow).getState()).isEqualTo(OperationState.OPERATION_STATE_CANCELLED);
            release(other, "m-cancel");
            assertThat(one.state()).isEqualTo(DomainState.DOMAIN_STATE_RUNNING);
            assertThat(other.has()).isFalse();

            one.succeeds(one.manager
                    .domains()
                    .ensureStopped(EnsureStoppedRequest.newBuilder()
                            .setContext(TestManager.context("stop"))
                            .setVmId(vmId)
                            .setMode(StopMode.STOP_MODE_GRACEFUL)
                            .build()));
            assertThat(one.has()).isFalse();
        }
    }

    private void storage(Node node, Path share) {
        node.succeeds(node.manager
                .volumes()
                .ensureStorageDomain(EnsureStorageDomainRequest.newBuilder()
                        .setContext(TestManager.context("storage"))
                        .setSharedDirectory(SharedDirectory.newBuilder()
                                .setStorageDomainId(storageDomainId)
                                .setPath(share.toString()))
                        .build()));
    }

    private void disk(Node node, Path share) throws IOException {
        Path made = hosts.newDisk(UUID.randomUUID());
        Files.copy(made, share.resolve("incoming").resolve("guest.qcow2"));
        String imageId = UUID.randomUUID().toString();
        node.succeeds(node.manager
                .volumes()
                .ensureImage(EnsureImageRequest.newBuilder()
                        .setContext(TestManager.context("image"))
                        .setStorageDomainId(storageDomainId)
                        .setImageId(imageId)
                        .setIncomingFile("guest.qcow2")
                        .build()));
        node.succeeds(node.manager
                .volumes()
                .ensureVolume(EnsureVolumeRequest.newBuilder()
                        .setContext(TestManager.context("volume"))
                        .setStorageDomainId(storageDomainId)
                        .setDiskId(diskId)
                        .setImageId(imageId)
                        .build()));
    }

    private Operation prepare(Node target, String migrationId, Node source) {
        Operation prepared = target.manager.end(target.manager
                .migrations()
                .prepareTarget(PrepareTargetRequest.newBuilder()
                        .setContext(TestManager.context("prepare-" + migrationId))
                        .setMigrationId(migrationId)
                        .setSpec(spec())
                        .setSourceHostId(source.agent.hostId())
                        .setExpiresAt(TestManager.timestamp(Instant.now().plusSeconds(120)))
                        .build()));
        assertThat(prepared.getState()).as("%s", prepared).isEqualTo(OperationState.OPERATION_STATE_SUCCEEDED);
        return prepared;
    }

    private Operation begin(Node source, Operation prepared, Node target, String migrationId, long bandwidth) {
        assertThat(prepared.getMigrationTarget().getMigrationUri()).isEqualTo("tcp://127.0.0.1");
        return source.manager
                .migrations()
                .start(StartMigrationRequest.newBuilder()
                        .setContext(TestManager.context("start-" + migrationId))
                        .setMigrationId(migrationId)
                        .setSpec(spec())
                        .setTargetHostId(target.agent.hostId())
                        // The QEMUs meet on the cable between the hosts, the agents in this process.
                        .setTarget(MigrationTargetResult.newBuilder()
                                .setMigrationUri("tcp://" + target.address)
                                .setAgentAddress(target.agent.address()))
                        .setPolicy(MigrationPolicy.newBuilder().setBandwidthBytesPerSecond(bandwidth))
                        .build());
    }

    private Operation migrate(Node source, Node target, String migrationId, long bandwidth) {
        return source.manager.end(begin(source, prepare(target, migrationId, source), target, migrationId, bandwidth));
    }

    private void release(Node target, String migrationId) {
        target.succeeds(target.manager
                .migrations()
                .releaseTarget(ReleaseTargetRequest.newBuilder()
                        .setContext(TestManager.context("release-" + migrationId))
                        .setMigrationId(migrationId)
                        .setVmId(vmId)
                        .build()));
    }
}
