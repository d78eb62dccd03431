package dev.meseta.manager.fakes;

import dev.meseta.manager.inventory.MissingVms;
import dev.meseta.manager.inventory.PowerState;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.VmStatus;
import dev.meseta.manager.inventory.Vms;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.Problems;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** VMs in {@link FakeRows}. */
public final class FakeVms implements Vms, MissingVms {

    private final FakeRows rows;
    private final InstantSource clock;

    public FakeVms(FakeRows rows, InstantSource clock) {
        this.rows = rows;
        this.clock = clock;
    }

    @Override
    public Optional<Vm> find(UUID vmId) {
        return Optional.ofNullable(rows.vms.get(vmId));
    }

    @Override
    public Vm require(UUID vmId) {
        return find(vmId).orElseThrow(() -> Problems.notFound("VM", vmId));
    }

    @Override
    public boolean isNameTaken(String name) {
        return all().stream().anyMatch(vm -> vm.name().equals(name));
    }

    @Override
    public List<Vm> all() {
        return List.copyOf(rows.vms.values());
    }

    @Override
    public List<Vm> unsettled() {
        return all().stream()
                .filter(vm -> vm.observed().status() == VmStatus.DOWN && vm.activity() == null && !vm.external())
                .filter(vm -> vm.desiredPower() == PowerState.RUNNING || vm.hostId() != null)
                .toList();
    }

    @Override
    public List<Vm> onHost(UUID hostId) {
        return rows.vms.values().stream()
                .filter(vm -> hostId.equals(vm.hostId())
                        || hostId.equals(vm.observed().hostId()))
                .toList();
    }

    @Override
    public Vm create(NewVm vm) {
        requireFree(vm.name());
        Vm row = vm.storedAt(clock.instant());
        rows.vms.put(row.id(), row);
        return row;
    }

    @Override
    public Vm update(UUID vmId, long expectedVersion, VmChange change) {
        checkVersion(vmId, expectedVersion);
        String name = change.name();
        if (name != null) {
            requireFree(name);
        }
        return change(
                vmId,
                vm -> new Vm(
                        vm.id(),
                        vm.clusterId(),
                        name == null ? vm.name() : name,
                        vm.description(),
                        vm.vcpus(),
                        vm.memoryBytes(),
                        vm.firmware(),
                        vm.imageId(),
                        vm.userData(),
                        vm.desiredPower(),
                        vm.activity(),
                        vm.hostId(),
                        vm.version() + 1,
                        vm.createdAt(),
                        vm.observed(),
                        change.deleteProtected() == null ? vm.deleteProtected() : change.deleteProtected(),
                        vm.external()));
    }

    @Override
    public void checkVersion(UUID vmId, @Nullable Long expectedVersion) {
        if (expectedVersion != null && expectedVersion != require(vmId).version()) {
            throw new MesetaException(ErrorCode.STALE_VERSION, "The VM has changed.");
        }
    }

    @Override
    public void setDesiredPower(UUID vmId, PowerState power) {
        change(vmId, vm -> with(vm, power, vm.activity(), vm.hostId(), vm.observed()));
    }

    @Override
    public void setActivity(UUID vmId, @Nullable VmStatus activity) {
        change(vmId, vm -> with(vm, vm.desiredPower(), activity, vm.hostId(), vm.observed()));
    }

    @Override
    public void setHost(UUID vmId, @Nullable UUID hostId) {
        change(vmId, vm -> with(vm, vm.desiredPower(), vm.activity(), hostId, vm.observed()));
    }

    @Override
    public void remove(UUID vmId) {
        boolean used = rows.disks.values().stream().anyMatch(disk -> disk.vmId().equals(vmId))
                || rows.nics.values().stream().anyMatch(nic -> nic.vmId().equals(vmId))
                || rows.reservations.keySet().stream()
                        .anyMatch(reservation -> reservation.vmId().equals(vmId));
        if (used) {
            throw new IllegalStateException("rows of the VM are left");
        }
        rows.vms.remove(vmId);
    }

    /** What agents report. */
    public void observe(UUID vmId, VmStatus status, String reason, @Nullable UUID hostId) {
        if (rows.vms.containsKey(vmId)) {
            var observed = new Vm.Observed(status, reason, clock.instant(), hostId, clock.instant());
            change(vmId, vm -> with(vm, vm.desiredPower(), vm.activity(), vm.hostId(), observed));
        }
    }

    /** As a host that lists everything but this VM. */
    public void miss(UUID vmId) {
        observe(
                vmId,
                VmStatus.UNKNOWN,
                Vm.Observed.NOT_FOUND,
                require(vmId).observed().hostId());
    }

    @Override
    public List<Vm> since(Instant latest) {
        return all().stream()
                .filter(vm -> vm.observed().isMissing()
                        && !vm.observed().statusSince().isAfter(latest))
                .toList();
    }

    @Override
    public void confirm(UUID vmId, UUID hostId) {
        Vm.Observed observed = require(vmId).observed();
        if (observed.isMissing() && hostId.equals(observed.hostId())) {
            observe(vmId, VmStatus.DOWN, Vm.Observed.NOT_FOUND, null);
        }
    }

    @Override
    public void found(UUID vmId, UUID hostId, VmStatus status) {
        Vm.Observed observed = require(vmId).observed();
        if (observed.isMissing() && hostId.equals(observed.hostId())) {
            observe(vmId, status, "", hostId);
        }
    }

    @Override
    public List<Vm> misplaced(Instant latest) {
        return all().stream()
                .filter(vm -> vm.hostId() != null
                        && vm.observed().hostId() != null
                        && !vm.hostId().equals(vm.observed().hostId())
                        && vm.observed().status() != VmStatus.UNKNOWN
                        && vm.activity() == null
                        && !vm.external()
                        && !vm.observed().statusSince().isAfter(latest))
                .toList();
    }

    @Override
    public void isNotAt(UUID vmId, UUID hostId) {
        Vm vm = require(vmId);
        if (vm.activity() == null && hostId.equals(vm.observed().hostId())) {
            observe(vmId, VmStatus.UNKNOWN, Vm.Observed.NOT_FOUND, vm.hostId());
        }
    }

    /** Taken in from a host. */
    public void makeExternal(UUID vmId) {
        change(
                vmId,
                vm -> new Vm(
                        vm.id(),
                        vm.clusterId(),
                        vm.name(),
                        vm.description(),
                        vm.vcpus(),
                        vm.memoryBytes(),
                        vm.firmware(),
                        vm.imageId(),
                        vm.userData(),
                        vm.desiredPower(),
                        vm.activity(),
                        vm.hostId(),
                        vm.version(),
                        vm.createdAt(),
                        vm.observed(),
                        vm.deleteProtected(),
                        true));
    }

    private void requireFree(String name) {
        if (rows.vms.values().stream().anyMatch(vm -> vm.name().equals(name))) {
            throw new MesetaException(ErrorCode.NAME_TAKEN, "There is a VM named " + name + " already.");
        }
    }

    private Vm change(UUID vmId, UnaryOperator<Vm> change) {
        Vm changed = change.apply(require(vmId));
        rows.vms.put(vmId, changed);
        return changed;
    }

    private static Vm with(
            Vm vm, PowerState power, @Nullable VmStatus activity, @Nullable UUID hostId, Vm.Observed observed) {
        return new Vm(
                vm.id(),
                vm.clusterId(),
                vm.name(),
                vm.description(),
                vm.vcpus(),
                vm.memoryBytes(),
                vm.firmware(),
                vm.imageId(),
                vm.userData(),
                power,
                activity,
                hostId,
                vm.version(),
                vm.createdAt(),
                observed,
                vm.deleteProtected(),
                vm.external());
    }
}
