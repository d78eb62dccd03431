package dev.meseta.manager.inventory.internal;

import dev.meseta.manager.inventory.Cluster;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

@Entity
@Table(name = "cluster")
class ClusterEntity {

    @Id
    private UUID id;

    @Column(name = "data_center_id")
    private UUID dataCenterId;

    @Column(name = "name")
    private String name;

    @Column(name = "description")
    private String description;

    @Column(name = "cpu_model")
    private @Nullable String cpuModel;

    @Version
    @Column(name = "version")
    private long version;

    @Column(name = "created_at")
    private Instant createdAt;

    /** For JPA. */
    protected ClusterEntity() {}

    ClusterEntity(UUID id, UUID dataCenterId, String name, Instant createdAt) {
        this.id = id;
        this.dataCenterId = dataCenterId;
        this.name = name;
        this.description = "";
        this.createdAt = createdAt;
    }

    Cluster toCluster() {
        return new Cluster(id, dataCenterId, name, description, cpuModel, version, createdAt);
    }
}
