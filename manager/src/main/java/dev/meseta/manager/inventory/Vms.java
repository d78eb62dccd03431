package dev.meseta.manager.inventory;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** VMs of the inventory. Methods join the caller's transaction or open one. Every change publishes "vm.changed". */
public interface Vms {

    Optional<Vm> find(UUID vmId);

    /** As {@link #find}, or NOT_FOUND. */
    Vm require(UUID vmId);

    boolean isNameTaken(String name);

    List<Vm> all();

    /** VMs observed DOWN at which no task works, and that are wanted running or still have a place; external ones never. */
    List<Vm> unsettled();

    /** VMs that were placed on the host or were last observed there. */
    List<Vm> onHost(UUID hostId);

    /**
     * Adds a VM, observed DOWN.
     *
     * @throws dev.meseta.manager.shared.MesetaException NAME_TAKEN, VALIDATION_FAILED
     */
    Vm create(NewVm vm);

    /**
     * Changes what a user may change; null fields stay.
     *
     * @throws dev.meseta.manager.shared.MesetaException STALE_VERSION, NAME_TAKEN, NOT_FOUND, VM_EXTERNAL, FORBIDDEN
     */
    Vm update(UUID vmId, long expectedVersion, VmChange change);

    /** @throws dev.meseta.manager.shared.MesetaException STALE_VERSION when given and another. */
    void checkVersion(UUID vmId, @Nullable Long expectedVersion);

    void setDesiredPower(UUID vmId, PowerState power);

    /** What an unfinished task does to it; null when it has ended. */
    void setActivity(UUID vmId, @Nullable VmStatus activity);

    /** Where it was placed; null: nowhere. */
    void setHost(UUID vmId, @Nullable UUID hostId);

    /** Takes the row away. Disks, NICs and reservations must be gone. */
    void remove(UUID vmId);

    /** The refusal to touch a VM that is none of Meseta's. */
    static MesetaException external(String name) {
        return new MesetaException(
                ErrorCode.VM_EXTERNAL,
                "The VM %s was not made by Meseta, which shows it and leaves it alone. Use the tool it was made with."
                        .formatted(name));
    }

    /**
     * A VM before it has been stored.
     *
     * @param hostId where it was placed; null: nowhere
     * @param activity what the task that makes it does to it
     */
    record NewVm(
            UUID id,
            UUID clusterId,
            String name,
            String description,
            int vcpus,
            long memoryBytes,
            Vm.Firmware firmware,
            @Nullable UUID imageId,
            String userData,
            PowerState desiredPower,
            @Nullable UUID hostId,
            @Nullable VmStatus activity) {

        /** The VM when it has just been stored. */
        public Vm storedAt(Instant moment) {
            return new Vm(
                    id,
                    clusterId,
                    name,
                    description,
                    vcpus,
                    memoryBytes,
                    firmware,
                    imageId,
                    userData,
                    desiredPower,
                    activity,
                    hostId,
                    0,
                    moment,
                    new Vm.Observed(VmStatus.DOWN, "", moment, null, null),
                    false,
                    false);
        }
    }

    /**
     * Null: stays as it is.
     *
     * @param tags which grants hold for a VM depends on them, so that only those change them who may give grants on it
     */
    record VmChange(
            @Nullable String name,
            @Nullable String description,
            @Nullable Integer vcpus,
            @Nullable Long memoryBytes,
            @Nullable List<String> tags,
            @Nullable Boolean deleteProtected) {

        /** One that leaves the tags and the protection. */
        public VmChange(
                @Nullable String name,
                @Nullable String description,
                @Nullable Integer vcpus,
                @Nullable Long memoryBytes) {
            this(name, description, vcpus, memoryBytes, null, null);
        }
    }
}
