package dev.meseta.manager.inventory.internal;

import dev.meseta.manager.inventory.PowerState;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.VmStatus;
import dev.meseta.manager.inventory.Vms.NewVm;
import dev.meseta.manager.inventory.Vms.VmChange;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.OptimisticLock;
import org.jspecify.annotations.Nullable;

/** What is desired of a VM. The version counts what users change; activity and place are written by tasks. */
@Entity
@Table(name = "vm")
@DynamicUpdate
class VmEntity {

    @Id
    private UUID id;

    @Column(name = "cluster_id")
    private UUID clusterId;

    @Column(name = "name")
    private String name;

    @Column(name = "description")
    private String description;

    @Column(name = "vcpus")
    private int vcpus;

    @Column(name = "memory_bytes")
    private long memoryBytes;

    @Enumerated(EnumType.STRING)
    @Column(name = "firmware", columnDefinition = "text")
    private Vm.Firmware firmware;

    @Column(name = "image_id")
    private @Nullable UUID imageId;

    @Column(name = "user_data")
    private String userData;

    @Enumerated(EnumType.STRING)
    @Column(name = "desired_power", columnDefinition = "text")
    private PowerState desiredPower;

    @Enumerated(EnumType.STRING)
    @Column(name = "activity", columnDefinition = "text")
    @OptimisticLock(excluded = true)
    private @Nullable VmStatus activity;

    @Column(name = "host_id")
    @OptimisticLock(excluded = true)
    private @Nullable UUID hostId;

    @Version
    @Column(name = "version")
    private long version;

    @Column(name = "created_at")
    private Instant createdAt;

    /** For JPA. */
    protected VmEntity() {}

    VmEntity(NewVm vm, Instant createdAt) {
        this.id = vm.id();
        this.clusterId = vm.clusterId();
        this.name = vm.name();
        this.description = vm.description();
        this.vcpus = vm.vcpus();
        this.memoryBytes = vm.memoryBytes();
        this.firmware = vm.firmware();
        this.imageId = vm.imageId();
        this.userData = vm.userData();
        this.desiredPower = vm.desiredPower();
        this.hostId = vm.hostId();
        this.activity = vm.activity();
        this.createdAt = createdAt;
    }

    String name() {
        return name;
    }

    long version() {
        return version;
    }

    boolean changesHardware(VmChange change) {
        return (change.vcpus() != null && change.vcpus() != vcpus)
                || (change.memoryBytes() != null && change.memoryBytes() != memoryBytes);
    }

    void apply(VmChange change) {
        if (change.name() != null) {
            name = change.name();
        }
        if (change.description() != null) {
            description = change.description();
        }
        if (change.vcpus() != null) {
            vcpus = change.vcpus();
        }
        if (change.memoryBytes() != null) {
            memoryBytes = change.memoryBytes();
        }
    }

    void setDesiredPower(PowerState desiredPower) {
        this.desiredPower = desiredPower;
    }

    /** Whether that is another than before. */
    boolean setActivity(@Nullable VmStatus activity) {
        boolean changed = this.activity != activity;
        this.activity = activity;
        return changed;
    }

    /** Whether that is another than before. */
    boolean setHostId(@Nullable UUID hostId) {
        boolean changed = !Objects.equals(this.hostId, hostId);
        this.hostId = hostId;
        return changed;
    }
}
