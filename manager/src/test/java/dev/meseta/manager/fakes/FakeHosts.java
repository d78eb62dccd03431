package dev.meseta.manager.fakes;

import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.inventory.HostStatus;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.shared.Problems;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Hosts in {@link FakeRows}; every one is UP with 4 GiB unless a test says otherwise. */
public final class FakeHosts implements Hosts {

    public static final long MEMORY = 4L << 30;

    private final FakeRows rows;
    private final InstantSource clock;

    public FakeHosts(FakeRows rows, InstantSource clock) {
        this.rows = rows;
        this.clock = clock;
    }

    @Override
    public Optional<Host> find(UUID hostId) {
        return Optional.ofNullable(rows.hosts.get(hostId));
    }

    @Override
    public Host require(UUID hostId) {
        return find(hostId).orElseThrow(() -> Problems.notFound("host", hostId));
    }

    @Override
    public List<Host> all() {
        return List.copyOf(rows.hosts.values());
    }

    @Override
    public List<Host> inCluster(UUID clusterId) {
        return all().stream().filter(host -> host.clusterId().equals(clusterId)).toList();
    }

    @Override
    public Host register(UUID hostId, UUID clusterId, String name, String agentAddress, String migrationAddress) {
        return put(hostId, clusterId, name, false, HostStatus.UP);
    }

    @Override
    public Host setMaintenance(UUID hostId, boolean maintenance, @Nullable Long expectedVersion) {
        Host host = require(hostId);
        return put(
                hostId,
                host.clusterId(),
                host.name(),
                maintenance,
                maintenance ? HostStatus.MAINTENANCE : HostStatus.UP);
    }

    public void status(UUID hostId, HostStatus status) {
        Host host = require(hostId);
        put(hostId, host.clusterId(), host.name(), host.maintenance(), status);
    }

    private Host put(UUID hostId, UUID clusterId, String name, boolean maintenance, HostStatus status) {
        var observed = new Host.Observed(
                status,
                "",
                clock.instant(),
                null,
                null,
                0,
                null,
                null,
                null,
                null,
                null,
                null,
                4,
                null,
                MEMORY,
                "TCG",
                List.of(),
                List.of());
        Host host = new Host(
                hostId, clusterId, name, name + ":1", "address of " + name, maintenance, 0, clock.instant(), observed);
        rows.hosts.put(hostId, host);
        return host;
    }
}
