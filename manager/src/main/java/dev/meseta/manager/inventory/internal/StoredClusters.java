package dev.meseta.manager.inventory.internal;

import dev.meseta.manager.database.OnceForAll;
import dev.meseta.manager.inventory.Cluster;
import dev.meseta.manager.inventory.Clusters;
import dev.meseta.manager.inventory.DataCenter;
import dev.meseta.manager.shared.Problems;
import dev.meseta.manager.shared.UuidGenerator;
import jakarta.annotation.PostConstruct;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** Data centers and clusters as rows; makes the first of each before anybody can ask. */
@Service
class StoredClusters implements Clusters {

    private static final String DEFAULT_NAME = "Default";

    private final JdbcClient jdbc;
    private final OnceForAll once;
    private final InstantSource clock;
    private final UuidGenerator ids;

    StoredClusters(JdbcClient jdbc, OnceForAll once, InstantSource clock, UuidGenerator ids) {
        this.jdbc = jdbc;
        this.once = once;
        this.clock = clock;
        this.ids = ids;
    }

    @PostConstruct
    void createFirst() {
        once.run(() -> {
            if (dataCenters().isEmpty()) {
                OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
                UUID dataCenterId = ids.next();
                jdbc.sql(
                                "INSERT INTO data_center (id, name, description, version, created_at) VALUES (:id, :name, '', 0, :now)")
                        .param("id", dataCenterId)
                        .param("name", DEFAULT_NAME)
                        .param("now", now)
                        .update();
                jdbc.sql("""
                                INSERT INTO cluster (id, data_center_id, name, description, version, created_at)
                                VALUES (:id, :dataCenterId, :name, '', 0, :now)""")
                        .param("id", ids.next())
                        .param("dataCenterId", dataCenterId)
                        .param("name", DEFAULT_NAME)
                        .param("now", now)
                        .update();
            }
        });
    }

    @Override
    public List<DataCenter> dataCenters() {
        return jdbc.sql("SELECT * FROM data_center ORDER BY created_at, id")
                .query((row, number) -> Rows.dataCenter(row))
                .list();
    }

    @Override
    public DataCenter requireDataCenter(UUID dataCenterId) {
        return jdbc.sql("SELECT * FROM data_center WHERE id = :id")
                .param("id", dataCenterId)
                .query((row, number) -> Rows.dataCenter(row))
                .optional()
                .orElseThrow(() -> Problems.notFound("data center", dataCenterId));
    }

    @Override
    public List<Cluster> all() {
        return jdbc.sql("SELECT * FROM cluster ORDER BY created_at, id")
                .query((row, number) -> Rows.cluster(row))
                .list();
    }

    @Override
    public Cluster require(UUID clusterId) {
        return jdbc.sql("SELECT * FROM cluster WHERE id = :id")
                .param("id", clusterId)
                .query((row, number) -> Rows.cluster(row))
                .optional()
                .orElseThrow(() -> Problems.notFound("cluster", clusterId));
    }

    @Override
    public Cluster defaultCluster() {
        return all().getFirst();
    }
}
