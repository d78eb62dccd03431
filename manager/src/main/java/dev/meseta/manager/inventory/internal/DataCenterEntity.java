package dev.meseta.manager.inventory.internal;

import dev.meseta.manager.inventory.DataCenter;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.UUID;

@Entity
@Table(name = "data_center")
class DataCenterEntity {

    @Id
    private UUID id;

    @Column(name = "name")
    private String name;

    @Column(name = "description")
    private String description;

    @Version
    @Column(name = "version")
    private long version;

    @Column(name = "created_at")
    private Instant createdAt;

    /** For JPA. */
    protected DataCenterEntity() {}

    DataCenterEntity(UUID id, String name, Instant createdAt) {
        this.id = id;
        this.name = name;
        this.description = "";
        this.createdAt = createdAt;
    }

    DataCenter toDataCenter() {
        return new DataCenter(id, name, description, version, createdAt);
    }
}
