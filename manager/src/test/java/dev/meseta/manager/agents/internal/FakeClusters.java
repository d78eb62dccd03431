package dev.meseta.manager.agents.internal;

import dev.meseta.manager.inventory.Cluster;
import dev.meseta.manager.inventory.Clusters;
import dev.meseta.manager.inventory.DataCenter;
import dev.meseta.manager.shared.Problems;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** One cluster in one data center. */
final class FakeClusters implements Clusters {

    private static final Instant CREATED = Instant.parse("2026-11-22T10:00:00Z");

    static final DataCenter DATA_CENTER =
            new DataCenter(UUID.fromString("00000000-0000-7000-8000-00000000dc01"), "Default", "", 0, CREATED);
    static final Cluster CLUSTER = new Cluster(
            UUID.fromString("00000000-0000-7000-8000-00000000c001"), DATA_CENTER.id(), "Default", "", null, 0, CREATED);

    @Override
    public List<DataCenter> dataCenters() {
        return List.of(DATA_CENTER);
    }

    @Override
    public DataCenter requireDataCenter(UUID dataCenterId) {
        return DATA_CENTER;
    }

    @Override
    public List<Cluster> all() {
        return List.of(CLUSTER);
    }

    @Override
    public Cluster require(UUID clusterId) {
        if (!clusterId.equals(CLUSTER.id())) {
            throw Problems.notFound("cluster", clusterId);
        }
        return CLUSTER;
    }

    @Override
    public Cluster defaultCluster() {
        return CLUSTER;
    }
}
