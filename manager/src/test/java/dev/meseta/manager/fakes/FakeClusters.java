package dev.meseta.manager.fakes;

import dev.meseta.manager.inventory.Cluster;
import dev.meseta.manager.inventory.Clusters;
import dev.meseta.manager.inventory.DataCenter;
import dev.meseta.manager.shared.Problems;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** One data center with one cluster. */
public final class FakeClusters implements Clusters {

    public static final UUID DATA_CENTER = UUID.fromString("00000000-0000-7000-8000-0000000000d1");
    public static final UUID CLUSTER = UUID.fromString("00000000-0000-7000-8000-0000000000c1");

    @Override
    public List<DataCenter> dataCenters() {
        return List.of(new DataCenter(DATA_CENTER, "Default", "", 0, Instant.EPOCH));
    }

    @Override
    public DataCenter requireDataCenter(UUID dataCenterId) {
        return dataCenters().stream()
                .filter(center -> center.id().equals(dataCenterId))
                .findFirst()
                .orElseThrow(() -> Problems.notFound("data center", dataCenterId));
    }

    @Override
    public List<Cluster> all() {
        return List.of(new Cluster(CLUSTER, DATA_CENTER, "Default", "", "qemu64", 0, Instant.EPOCH));
    }

    @Override
    public Cluster require(UUID clusterId) {
        return all().stream()
                .filter(cluster -> cluster.id().equals(clusterId))
                .findFirst()
                .orElseThrow(() -> Problems.notFound("cluster", clusterId));
    }

    @Override
    public Cluster defaultCluster() {
        return require(CLUSTER);
    }
}
