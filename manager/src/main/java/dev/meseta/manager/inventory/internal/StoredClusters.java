package dev.meseta.manager.inventory.internal;

import dev.meseta.manager.database.OnceForAll;
import dev.meseta.manager.inventory.Cluster;
import dev.meseta.manager.inventory.Clusters;
import dev.meseta.manager.inventory.DataCenter;
import dev.meseta.manager.shared.Problems;
import dev.meseta.manager.shared.UuidGenerator;
import jakarta.annotation.PostConstruct;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Service;

/** Data centers and clusters by JPA; makes the first of each before anybody can ask. */
@Service
class StoredClusters implements Clusters {

    private static final String DEFAULT_NAME = "Default";

    private final EntityManager entities;
    private final OnceForAll once;
    private final InstantSource clock;
    private final UuidGenerator ids;

    StoredClusters(EntityManager entities, OnceForAll once, InstantSource clock, UuidGenerator ids) {
        this.entities = entities;
        this.once = once;
        this.clock = clock;
        this.ids = ids;
    }

    @PostConstruct
    void createFirst() {
        once.run(() -> {
            if (dataCenters().isEmpty()) {
                Instant now = clock.instant();
                UUID dataCenterId = ids.next();
                entities.persist(new DataCenterEntity(dataCenterId, DEFAULT_NAME, now));
                // There is no association between the entities that would order the inserts.
                entities.flush();
                entities.persist(new ClusterEntity(ids.next(), dataCenterId, DEFAULT_NAME, now));
            }
        });
    }

    @Override
    public List<DataCenter> dataCenters() {
        return entities
                .createQuery("SELECT d FROM DataCenterEntity d ORDER BY d.createdAt, d.id", DataCenterEntity.class)
                .getResultList()
                .stream()
                .map(DataCenterEntity::toDataCenter)
                .toList();
    }

    @Override
    public DataCenter requireDataCenter(UUID dataCenterId) {
        DataCenterEntity found = entities.find(DataCenterEntity.class, dataCenterId);
        if (found == null) {
            throw Problems.notFound("data center", dataCenterId);
        }
        return found.toDataCenter();
    }

    @Override
    public List<Cluster> all() {
        return entities
                .createQuery("SELECT c FROM ClusterEntity c ORDER BY c.createdAt, c.id", ClusterEntity.class)
                .getResultList()
                .stream()
                .map(ClusterEntity::toCluster)
                .toList();
    }

    @Override
    public Cluster require(UUID clusterId) {
        ClusterEntity found = entities.find(ClusterEntity.class, clusterId);
        if (found == null) {
            throw Problems.notFound("cluster", clusterId);
        }
        return found.toCluster();
    }

    @Override
    public Cluster defaultCluster() {
        return all().getFirst();
    }
}
