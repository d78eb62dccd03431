package dev.meseta.manager.agents.internal;

import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.inventory.HostStatus;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.Problems;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** Hosts in memory. */
final class FakeHosts implements Hosts {

    private static final Instant CREATED = Instant.parse("2026-11-22T10:00:00Z");

    /** Hosts somebody looked for in vain. */
    final BlockingQueue<UUID> missed = new LinkedBlockingQueue<>();

    private final Map<UUID, Host> hosts = new ConcurrentHashMap<>();

    /** Its agent has been heard of. */
    void reported(UUID hostId) {
        observed(hostId, HostStatus.CONNECTING);
    }

    /** As another manager has left it. */
    void observed(UUID hostId, HostStatus status) {
        Host host = require(hostId);
        hosts.put(
                hostId,
                new Host(
                        hostId,
                        host.clusterId(),
                        host.name(),
                        host.agentAddress(),
                        host.migrationAddress(),
                        host.maintenance(),
                        host.version(),
                        host.createdAt(),
                        observed(status, "i1")));
    }

    private static Host.Observed observed(HostStatus status, @Nullable String agentInstanceId) {
        return new Host.Observed(
                status,
                "",
                CREATED,
                null,
                agentInstanceId,
                0,
                null,
                null,
                null,
                null,
                null,
                null,
                0,
                null,
                0,
                null,
                List.of(),
                List.of());
    }

    void remove(UUID hostId) {
        hosts.remove(hostId);
    }

    @Override
    public Optional<Host> find(UUID hostId) {
        Host found = hosts.get(hostId);
        if (found == null) {
            missed.add(hostId);
        }
        return Optional.ofNullable(found);
    }

    @Override
    public Host require(UUID hostId) {
        return find(hostId).orElseThrow(() -> Problems.notFound("host", hostId));
    }

    @Override
    public List<Host> all() {
        return List.copyOf(hosts.values());
    }

    @Override
    public List<Host> inCluster(UUID clusterId) {
        return all().stream().filter(host -> host.clusterId().equals(clusterId)).toList();
    }

    @Override
    public Host register(UUID hostId, UUID clusterId, String name, String agentAddress, String migrationAddress) {
        if (all().stream().anyMatch(host -> host.name().equals(name))) {
            throw new MesetaException(ErrorCode.NAME_TAKEN, name);
        }
        Host host = new Host(
                hostId,
                clusterId,
                name,
                agentAddress,
                migrationAddress,
                false,
                0,
                CREATED,
                observed(HostStatus.CONNECTING, null));
        hosts.put(hostId, host);
        return host;
    }

    @Override
    public Host setMaintenance(UUID hostId, boolean maintenance, @Nullable Long expectedVersion) {
        Host host = require(hostId);
        Host changed = new Host(
                hostId,
                host.clusterId(),
                host.name(),
                host.agentAddress(),
                host.migrationAddress(),
                maintenance,
                host.version() + 1,
                host.createdAt(),
                host.observed());
        hosts.put(hostId, changed);
        return changed;
    }
}
