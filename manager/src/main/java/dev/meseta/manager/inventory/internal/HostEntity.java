package dev.meseta.manager.inventory.internal;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.DynamicUpdate;

/** What is desired of a host. The addresses are written by what its agent reports. */
@Entity
@Table(name = "host")
@DynamicUpdate
class HostEntity {

    @Id
    private UUID id;

    @Column(name = "cluster_id")
    private UUID clusterId;

    @Column(name = "name")
    private String name;

    @Column(name = "agent_address", updatable = false)
    private String agentAddress;

    @Column(name = "migration_address", updatable = false)
    private String migrationAddress;

    @Column(name = "maintenance")
    private boolean maintenance;

    @Version
    @Column(name = "version")
    private long version;

    @Column(name = "created_at")
    private Instant createdAt;

    /** For JPA. */
    protected HostEntity() {}

    HostEntity(UUID id, UUID clusterId, String name, String agentAddress, String migrationAddress, Instant createdAt) {
        this.id = id;
        this.clusterId = clusterId;
        this.name = name;
        this.agentAddress = agentAddress;
        this.migrationAddress = migrationAddress;
        this.createdAt = createdAt;
    }

    String name() {
        return name;
    }

    long version() {
        return version;
    }

    boolean maintenance() {
        return maintenance;
    }

    void setMaintenance(boolean maintenance) {
        this.maintenance = maintenance;
    }
}
