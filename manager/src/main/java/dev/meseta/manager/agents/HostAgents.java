package dev.meseta.manager.agents;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Commands to agents. Mutations return at once with the operation as it stands; its end is published as {@link
 * AgentOperationChanged} and can be asked for. A call never takes longer than 5 s. All throw MesetaException:
 * HOST_UNREACHABLE when there is no answer (the outcome is then unknown: ask again with the same id), FENCED, or the
 * agent's own code. Never call inside a transaction.
 */
public interface HostAgents {

    /** Whether the watch of this host is connected now. */
    boolean isConnected(UUID hostId);

    /** Empty: the agent never began it. */
    Optional<AgentOperation> operation(UUID hostId, String operationId);

    AgentOperation cancelOperation(UUID hostId, String operationId);

    AgentOperation ensureRunning(UUID hostId, AgentCall call, DomainSpecification spec);

    AgentOperation ensureStopped(UUID hostId, AgentCall call, UUID vmId, boolean forced);

    AgentOperation reboot(UUID hostId, AgentCall call, UUID vmId, boolean forced);

    AgentOperation ensurePaused(UUID hostId, AgentCall call, UUID vmId, boolean paused);

    /** Asks the hypervisor now. Empty: not on this host. */
    Optional<DomainOnHost> domain(UUID hostId, UUID vmId);

    AgentOperation prepareMigrationTarget(
            UUID targetHostId,
            AgentCall call,
            UUID migrationId,
            DomainSpecification spec,
            UUID sourceHostId,
            Instant expiresAt);

    AgentOperation startMigration(
            UUID sourceHostId,
            AgentCall call,
            UUID migrationId,
            DomainSpecification spec,
            UUID targetHostId,
            AgentOperation.MigrationTarget target,
            MigrationLimits limits);

    AgentOperation releaseMigrationTarget(UUID targetHostId, AgentCall call, UUID migrationId, UUID vmId);

    AgentOperation changeMigration(
            UUID sourceHostId,
            AgentCall call,
            UUID vmId,
            Optional<Long> maxDowntimeMs,
            Optional<Long> bandwidthBytesPerSecond);

    AgentOperation switchToPostCopy(UUID sourceHostId, AgentCall call, UUID vmId);

    AgentOperation ensureStorageDomain(UUID hostId, AgentCall call, UUID storageDomainId, String path);

    AgentOperation ensureVolume(
            UUID hostId,
            AgentCall call,
            UUID storageDomainId,
            UUID diskId,
            Optional<UUID> imageId,
            long virtualSizeBytes);

    AgentOperation removeVolume(UUID hostId, AgentCall call, UUID storageDomainId, UUID diskId);

    AgentOperation ensureImage(UUID hostId, AgentCall call, UUID storageDomainId, UUID imageId, String incomingFile);

    AgentOperation removeImage(UUID hostId, AgentCall call, UUID storageDomainId, UUID imageId);

    AgentOperation removeSeed(UUID hostId, AgentCall call, UUID storageDomainId, UUID vmId);

    AgentOperation ensureNetwork(UUID hostId, AgentCall call, OverlaySpecification overlay);

    /** A logical network as one host shall have it. */
    record OverlaySpecification(UUID networkId, String name, int vni, int mtu, List<String> peerAddresses) {}

    /** Limits of one migration; 0: none, or the hypervisor's default. */
    record MigrationLimits(
            long maxDowntimeMs, long bandwidthBytesPerSecond, boolean autoConverge, boolean postCopyAllowed) {}

    /** State and reason by the names of the contract, e.g. RUNNING. */
    record DomainOnHost(UUID vmId, String state, String reason) {}
}
