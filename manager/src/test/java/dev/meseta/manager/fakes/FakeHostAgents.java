package dev.meseta.manager.fakes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.agents.AgentCall;
import dev.meseta.manager.agents.AgentOperation;
import dev.meseta.manager.agents.AgentOperation.State;
import dev.meseta.manager.agents.DomainSpecification;
import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Agents with the semantics of the real ones. */
public final class FakeHostAgents extends FakeHypervisors implements HostAgents {

    public FakeHostAgents(FakeRows rows) {
        super(rows);
    }

    @Override
    public boolean isConnected(UUID hostId) {
        return host(hostId).reachable;
    }

    @Override
    public synchronized Optional<AgentOperation> operation(UUID hostId, String operationId) {
        return Optional.ofNullable(reached(hostId).journal.get(operationId)).map(Work::operation);
    }

    @Override
    public synchronized AgentOperation cancelOperation(UUID hostId, String operationId) {
        Work work = reached(hostId).journal.get(operationId);
        if (work == null) {
            throw new MesetaException(ErrorCode.NOT_FOUND, "There is no operation " + operationId + ".");
        }
        called("cancel " + work.operation().kind());
        if (work.operation().state() != State.RUNNING || !immediate.contains("cancel")) {
            return work.operation();
        }
        return endOne(hostId, work, State.CANCELLED, ErrorCode.CANCELLED);
    }

    @Override
    public AgentOperation ensureRunning(UUID hostId, AgentCall call, DomainSpecification spec) {
        return work(hostId, call, "domain.ensure-running", spec.vmId(), () -> {
            assertThat(hostsRunning(spec.vmId()))
                    .as("hosts that run it already")
                    .isEmpty();
            spec.disks()
                    .forEach(disk -> assertThat(volumeExists(disk.diskId()))
                            .as("disk %s", disk.diskId())
                            .isTrue());
            domain(hostId, spec.vmId(), "RUNNING", "");
        });
    }

    @Override
    public AgentOperation ensureStopped(UUID hostId, AgentCall call, UUID vmId, boolean forced) {
        String kind = forced ? "domain.ensure-stopped.forced" : "domain.ensure-stopped";
        return work(hostId, call, kind, vmId, () -> host(hostId).domains.remove(vmId));
    }

    @Override
    public AgentOperation reboot(UUID hostId, AgentCall call, UUID vmId, boolean forced) {
        return work(hostId, call, "domain.reboot", vmId, () -> {});
    }

    @Override
    public AgentOperation ensurePaused(UUID hostId, AgentCall call, UUID vmId, boolean paused) {
        return work(
                hostId,
                call,
                "domain.ensure-paused",
                vmId,
                () -> domain(hostId, vmId, paused ? "PAUSED" : "RUNNING", "USER"));
    }

    @Override
    public synchronized Optional<DomainOnHost> domain(UUID hostId, UUID vmId) {
        return Optional.ofNullable(reached(hostId).domains.get(vmId));
    }

    @Override
    public AgentOperation prepareMigrationTarget(
            UUID targetHostId,
            AgentCall call,
            UUID migrationId,
            DomainSpecification spec,
            UUID sourceHostId,
            Instant expiresAt) {
        return work(
                targetHostId,
                call,
                "migration.prepare-target",
                spec.vmId(),
                () -> host(targetHostId).preparedMigrations.put(migrationId, spec.vmId()));
    }

    @Override
    public AgentOperation startMigration(
            UUID sourceHostId,
            AgentCall call,
            UUID migrationId,
            DomainSpecification spec,
            UUID targetHostId,
            AgentOperation.MigrationTarget target,
            MigrationLimits limits) {
        boolean first = !reached(sourceHostId).journal.containsKey(call.operationId());
        if (first && !nextEndIsSet("migration.start")) {
            if (!host(targetHostId).preparedMigrations.containsKey(migrationId)) {
                throw new MesetaException(ErrorCode.MIGRATION_FAILED, "The target is not prepared.");
            }
            if (!host(sourceHostId).runs(spec.vmId())) {
                throw new MesetaException(ErrorCode.VM_NOT_RUNNING, "It does not run here.");
            }
            domain(targetHostId, spec.vmId(), "INCOMING", "");
        }
        return work(
                sourceHostId,
                call,
                "migration.start",
                spec.vmId(),
                () -> guestSwitches(spec.vmId(), sourceHostId, targetHostId));
    }

    @Override
    public AgentOperation releaseMigrationTarget(UUID targetHostId, AgentCall call, UUID migrationId, UUID vmId) {
        return work(targetHostId, call, "migration.release-target", vmId, () -> {
            host(targetHostId).preparedMigrations.remove(migrationId);
            guestStays(vmId, targetHostId);
        });
    }

    @Override
    public AgentOperation changeMigration(
            UUID sourceHostId,
            AgentCall call,
            UUID vmId,
            Optional<Long> maxDowntimeMs,
            Optional<Long> bandwidthBytesPerSecond) {
        return work(sourceHostId, call, "migration.change", vmId, () -> {});
    }

    @Override
    public AgentOperation switchToPostCopy(UUID sourceHostId, AgentCall call, UUID vmId) {
        return work(sourceHostId, call, "migration.switch-to-post-copy", vmId, () -> {});
    }

    @Override
    public AgentOperation ensureStorageDomain(UUID hostId, AgentCall call, UUID storageDomainId, String path) {
        return work(hostId, call, "storage-domain.ensure", storageDomainId, () -> {});
    }

    @Override
    public AgentOperation ensureVolume(
            UUID hostId,
            AgentCall call,
            UUID storageDomainId,
            UUID diskId,
            Optional<UUID> imageId,
            long virtualSizeBytes) {
        return work(
                hostId,
                call,
                "volume.ensure",
                diskId,
                () -> host(hostId).volumes.put(diskId, storageDomainId));
    }

    @Override
    public AgentOperation removeVolume(UUID hostId, AgentCall call, UUID storageDomainId, UUID diskId) {
        return work(hostId, call, "volume.remove", diskId, () -> removeVolume(diskId));
    }

    @Override
    public AgentOperation ensureImage(
            UUID hostId, AgentCall call, UUID storageDomainId, UUID imageId, String incomingFile) {
        return work(hostId, call, "image.ensure", imageId, () -> images.add(imageId));
    }

    @Override
    public AgentOperation removeImage(UUID hostId, AgentCall call, UUID storageDomainId, UUID imageId) {
        return work(hostId, call, "image.remove", imageId, () -> images.remove(imageId));
    }

    @Override
    public AgentOperation removeSeed(UUID hostId, AgentCall call, UUID storageDomainId, UUID vmId) {
        return work(hostId, call, "seed.remove", vmId, () -> {});
    }

    @Override
    public AgentOperation ensureNetwork(UUID hostId, AgentCall call, OverlaySpecification overlay) {
        return work(hostId, call, "network.ensure", overlay.networkId(), () -> {});
    }
}
