package dev.meseta.agent.migration;

import dev.meseta.agent.domain.DomainMapping;
import dev.meseta.agent.domain.DomainSpecification;
import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.hypervisor.DomainDefinition;
import dev.meseta.agent.hypervisor.DomainState;
import dev.meseta.agent.hypervisor.Hypervisor;
import dev.meseta.agent.operations.OperationResult;
import dev.meseta.agent.storage.Seeds;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Migrations that may arrive here. A preparation names the one host that may open the control tunnel, and lapses by
 * itself. It lives in memory only: when the agent dies the tunnel breaks with it, and with the tunnel the migration.
 */
public final class MigrationTargets {

    private static final System.Logger LOG = System.getLogger(MigrationTargets.class.getName());

    private final Hypervisor hypervisor;
    private final DomainMapping mapping;
    private final Seeds seeds;
    private final Endpoint endpoint;
    private final InstantSource clock;
    private final ScheduledExecutorService scheduler;
    private final Map<String, Preparation> preparations = new ConcurrentHashMap<>();

    /**
     * Where migrations arrive.
     *
     * @param migrationAddress of this host, for QEMU's memory stream
     * @param agentAddress host:port of this agent
     * @param hypervisorSocket the local hypervisor's UNIX socket, where tunnels end
     */
    public record Endpoint(String migrationAddress, String agentAddress, Path hypervisorSocket) {}

    public MigrationTargets(
            Hypervisor hypervisor,
            DomainMapping mapping,
            Seeds seeds,
            Endpoint endpoint,
            InstantSource clock,
            ScheduledExecutorService scheduler) {
        this.hypervisor = hypervisor;
        this.mapping = mapping;
        this.seeds = seeds;
        this.endpoint = endpoint;
        this.clock = clock;
        this.scheduler = scheduler;
    }

    /**
     * Makes sure that everything the domain needs is here, and lets the source host in.
     *
     * @throws AgentException DOMAIN_EXISTS, NOT_FOUND, STORAGE_UNAVAILABLE, DEADLINE_EXCEEDED
     */
    public OperationResult.MigrationTarget prepare(
            String migrationId, DomainSpecification specification, String sourceHostId, Instant expiresAt) {
        Duration validity = Duration.between(clock.instant(), expiresAt);
        if (!validity.isPositive()) {
            throw new AgentException(
                    AgentErrorCode.DEADLINE_EXCEEDED, "The preparation would have expired at " + expiresAt);
        }
        if (hypervisor.domain(specification.vmId()).isPresent()) {
            throw new AgentException(
                    AgentErrorCode.DOMAIN_EXISTS, "The VM " + specification.vmId() + " is on this host already");
        }
        DomainDefinition definition = mapping.define(specification);
        for (DomainDefinition.Disk disk : definition.disks()) {
            if (!Files.isRegularFile(disk.path(), LinkOption.NOFOLLOW_LINKS)) {
                throw new AgentException(
                        AgentErrorCode.STORAGE_UNAVAILABLE,
                        "The disk " + disk.diskId() + " cannot be seen from this host");
            }
        }
        specification.cloudInit().ifPresent(cloudInit -> seeds.writeIfAbsent(specification.vmId(), cloudInit));
        Preparation preparation = new Preparation(migrationId, specification.vmId(), sourceHostId, expiresAt);
        Preparation earlier = preparations.put(migrationId, preparation);
        if (earlier != null) {
            earlier.closeTunnels();
        }
        var unused = scheduler.schedule(() -> lapse(preparation), validity.toMillis() + 1, TimeUnit.MILLISECONDS);
        return new OperationResult.MigrationTarget(
                "tcp://" + bracketed(endpoint.migrationAddress()), endpoint.agentAddress());
    }

    /**
     * Takes a preparation back. A domain whose memory was still arriving is destroyed; one that runs is left alone.
     */
    public void release(String migrationId, UUID vmId) {
        Preparation preparation = preparations.remove(migrationId);
        if (preparation != null) {
            preparation.closeTunnels();
        }
        boolean arriving = hypervisor
                .domain(vmId)
                .filter(status -> status.state() == DomainState.INCOMING && !status.external())
                .isPresent();
        if (arriving) {
            hypervisor.destroy(vmId);
        }
    }

    /**
     * Ends a tunnel at the local hypervisor.
     *
     * @param callerHostId from the caller's certificate
     * @throws AgentException MIGRATION_NOT_PREPARED; FORBIDDEN when another host than the source calls;
     *     HYPERVISOR_UNAVAILABLE
     */
    public Arrival open(String migrationId, String callerHostId) {
        Preparation preparation =
                Optional.ofNullable(preparations.get(migrationId)).orElseThrow(() -> notPrepared(migrationId));
        if (!preparation.sourceHostId.equals(callerHostId)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Host {0} tried to open the tunnel of migration {1}",
                    callerHostId,
                    migrationId);
            throw new AgentException(
                    AgentErrorCode.FORBIDDEN, "Host " + callerHostId + " is not the source of this migration");
        }
        if (!clock.instant().isBefore(preparation.expiresAt)) {
            throw notPrepared(migrationId);
        }
        try {
            SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(endpoint.hypervisorSocket()));
            return preparation.add(channel);
        } catch (IOException e) {
            throw new AgentException(
                    AgentErrorCode.HYPERVISOR_UNAVAILABLE,
                    "The hypervisor's socket " + endpoint.hypervisorSocket() + " does not answer",
                    e);
        }
    }

    private static AgentException notPrepared(String migrationId) {
        return new AgentException(
                AgentErrorCode.MIGRATION_NOT_PREPARED,
                "The migration " + migrationId + " is not prepared on this host, or no longer");
    }

    /** Without the preparation no new tunnel opens; one that carries a migration is not cut. */
    private void lapse(Preparation preparation) {
        if (preparations.remove(preparation.migrationId, preparation)) {
            LOG.log(System.Logger.Level.INFO, "The preparation of migration {0} lapsed", preparation.migrationId);
        }
    }

    private static String bracketed(String address) {
        return address.indexOf(':') >= 0 ? "[" + address + "]" : address;
    }

    /** A tunnel's end at the local hypervisor. Closing it twice is fine. */
    public record Arrival(SocketChannel channel, Runnable onClose) implements AutoCloseable {

        @Override
        public void close() {
            onClose.run();
        }
    }

    private static final class Preparation {

        private final String migrationId;
        private final UUID vmId;
        private final String sourceHostId;
        private final Instant expiresAt;
        private final Set<SocketChannel> channels = new HashSet<>();
        private boolean closed;

        private Preparation(String migrationId, UUID vmId, String sourceHostId, Instant expiresAt) {
            this.migrationId = migrationId;
            this.vmId = vmId;
            this.sourceHostId = sourceHostId;
            this.expiresAt = expiresAt;
        }

        private synchronized Arrival add(SocketChannel channel) {
            if (closed) {
                closeQuietly(channel);
                throw notPrepared(migrationId);
            }
            channels.add(channel);
            LOG.log(System.Logger.Level.INFO, "Tunnel of migration {0} of {1} is open", migrationId, vmId);
            return new Arrival(channel, () -> remove(channel));
        }

        private synchronized void remove(SocketChannel channel) {
            channels.remove(channel);
            closeQuietly(channel);
        }

        private void closeTunnels() {
            List<SocketChannel> toClose;
            synchronized (this) {
                closed = true;
                toClose = List.copyOf(channels);
            }
            toClose.forEach(Preparation::closeQuietly);
        }

        private static void closeQuietly(SocketChannel channel) {
            try {
                channel.close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "Closing a tunnel", e);
            }
        }
    }
}
