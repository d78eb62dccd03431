package dev.meseta.manager.placement.internal;

import dev.meseta.manager.database.TestRows;
import dev.meseta.manager.inventory.Cluster;
import dev.meseta.manager.inventory.Clusters;
import dev.meseta.manager.inventory.DataCenter;
import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.inventory.HostStatus;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.shared.Problems;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** An inventory of one cluster, kept in memory, with the rows that reservations refer to. */
final class TestHosts implements Hosts {

    private static final Instant THEN = Instant.parse("2026-11-22T12:00:00Z");

    final UUID clusterId;
    private final UUID dataCenterId;
    private final Map<UUID, Host> hosts = new ConcurrentHashMap<>();
    private final TestRows rows;

    TestHosts(JdbcClient jdbc) {
        this.rows = new TestRows(jdbc);
        this.dataCenterId = rows.dataCenter();
        this.clusterId = rows.cluster(dataCenterId);
    }

    Host add(String name, int cpus, long memoryBytes) {
        UUID id = rows.host(clusterId, name);
        Host host = host(id, name, cpus, memoryBytes, "KVM", false);
        hosts.put(id, host);
        return host;
    }

    UUID addVm() {
        return rows.vm(clusterId);
    }

    private Host host(UUID id, String name, int cpus, long memoryBytes, String acceleration, boolean maintenance) {
        return new Host(
                id,
                clusterId,
                name,
                "",
                "",
                maintenance,
                0,
                THEN,
                new Host.Observed(
                        HostStatus.UP,
                        "",
                        THEN,
                        null,
                        null,
                        0,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        cpus,
                        null,
                        memoryBytes,
                        acceleration,
                        List.of(),
                        List.of()));
    }

    @Override
    public Optional<Host> find(UUID hostId) {
        return Optional.ofNullable(hosts.get(hostId));
    }

    @Override
    public Host require(UUID id) {
        return find(id).orElseThrow(() -> Problems.notFound("host", id));
    }

    @Override
    public List<Host> inCluster(UUID cluster) {
        return cluster.equals(clusterId) ? List.copyOf(hosts.values()) : List.of();
    }

    @Override
    public Host setMaintenance(UUID hostId, boolean maintenance, @Nullable Long expectedVersion) {
        Host before = require(hostId);
        Host after = host(
                hostId,
                before.name(),
                before.observed().cpus(),
                before.observed().memoryBytes(),
                "KVM",
                maintenance);
        hosts.put(hostId, after);
        return after;
    }

    @Override
    public List<Host> all() {
        return List.copyOf(hosts.values());
    }

    @Override
    public Host register(UUID hostId, UUID cluster, String name, String agentAddress, String migrationAddress) {
        throw new AssertionError("placement registers no hosts");
    }

    /** The one cluster. */
    Clusters clusters() {
        var cluster = new Cluster(clusterId, dataCenterId, "Default", "", null, 0, THEN);
        var dataCenter = new DataCenter(dataCenterId, "Default", "", 0, THEN);
        return new Clusters() {
            @Override
            public List<DataCenter> dataCenters() {
                return List.of(dataCenter);
            }

            @Override
            public DataCenter requireDataCenter(UUID id) {
                return dataCenter;
            }

            @Override
            public List<Cluster> all() {
                return List.of(cluster);
            }

            @Override
            public Cluster require(UUID id) {
                if (!id.equals(clusterId)) {
                    throw Problems.notFound("cluster", id);
                }
                return cluster;
            }

            @Override
            public Cluster defaultCluster() {
                return cluster;
            }
        };
    }
}
