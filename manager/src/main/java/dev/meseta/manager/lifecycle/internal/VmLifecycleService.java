package dev.meseta.manager.lifecycle.internal;

import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.inventory.PowerState;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.VmStatus;
import dev.meseta.manager.inventory.Vms;
import dev.meseta.manager.lifecycle.NewVmRequest;
import dev.meseta.manager.lifecycle.StopMode;
import dev.meseta.manager.lifecycle.VmLifecycle;
import dev.meseta.manager.lifecycle.internal.Payloads.DeleteVm;
import dev.meseta.manager.lifecycle.internal.Payloads.PauseVm;
import dev.meseta.manager.lifecycle.internal.Payloads.RebootVm;
import dev.meseta.manager.lifecycle.internal.Payloads.StartVm;
import dev.meseta.manager.lifecycle.internal.Payloads.StopVm;
import dev.meseta.manager.placement.Placement;
import dev.meseta.manager.placement.Placement.Decision;
import dev.meseta.manager.placement.Placement.PlacementRequest;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.tasks.Submission;
import dev.meseta.manager.tasks.TaskView;
import dev.meseta.manager.tasks.Tasks;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** The verbs: check, then store wish, activity, reservation and task in one transaction. */
@Component
class VmLifecycleService implements VmLifecycle {

    private final VmCreation creation;
    private final Vms vms;
    private final LastHost lastHost;
    private final Hosts hosts;
    private final Placement placement;
    private final Tasks tasks;
    private final TransactionOperations transactions;
    private final InstantSource clock;
    private final LifecycleProperties properties;

    VmLifecycleService(
            VmCreation creation,
            Vms vms,
            LastHost lastHost,
            Hosts hosts,
            Placement placement,
            Tasks tasks,
            TransactionOperations transactions,
            InstantSource clock,
            LifecycleProperties properties) {
        this.creation = creation;
        this.vms = vms;
        this.lastHost = lastHost;
        this.hosts = hosts;
        this.placement = placement;
        this.tasks = tasks;
        this.transactions = transactions;
        this.clock = clock;
        this.properties = properties;
    }

    @Override
    public Decision planCreate(NewVmRequest request) {
        return creation.plan(request);
    }

    @Override
    public TaskView create(NewVmRequest request, RequestContext by) {
        return creation.create(request, by);
    }

    @Override
    public Decision planStart(UUID vmId, @Nullable UUID hostId) {
        check(Verb.START, vmId, null);
        return placement.evaluate(placementOf(vms.require(vmId), hostId));
    }

    @Override
    public TaskView start(UUID vmId, @Nullable UUID hostId, @Nullable Long expectedVersion, RequestContext by) {
        requireGone(vmId);
        return inTransaction(() -> start(checked(Verb.START, vmId, expectedVersion), hostId, false, by));
    }

    /** A VM that may be started is on no host; refusals that need no host come first. */
    private void requireGone(UUID vmId) {
        Vm vm = vms.require(vmId);
        if (vm.observed().status() == VmStatus.DOWN && tasks.unfinishedFor(vmId).isEmpty()) {
            lastHost.requireGone(vm);
        }
    }

    /**
     * Starts it again after a crash.
     *
     * @param considered as it was when its host was asked
     * @throws MesetaException as {@link #start}; STALE_VERSION when it is not as it was any more
     */
    TaskView restart(Vm considered, RequestContext by) {
        return inTransaction(() -> {
            requireUnchanged(considered);
            return start(checked(Verb.START, considered.id(), null), null, true, by);
        });
    }

    private TaskView start(Vm vm, @Nullable UUID hostId, boolean restart, RequestContext by) {
        UUID vmId = vm.id();
        if (hostId != null) {
            hosts.require(hostId);
        }
        // What a crash left reserved; the VM is down, so nothing of it is in use.
        placement.releaseAll(vmId);
        UUID placed = placement.reserve(placementOf(vm, hostId), null);
        vms.setHost(vmId, placed);
        vms.setDesiredPower(vmId, PowerState.RUNNING);
        vms.setActivity(vmId, VmStatus.STARTING);
        return submit(Verb.START, vm, new StartVm(placed, restart, vm.observed().statusSince(), null), by);
    }

    /** What was decided about it holds only as long as nothing else has happened to it. */
    private void requireUnchanged(Vm considered) {
        Vm now = vms.require(considered.id());
        if (!now.observed().equals(considered.observed())
                || !Objects.equals(now.hostId(), considered.hostId())
                || now.desiredPower() != considered.desiredPower()) {
            throw new MesetaException(
                    ErrorCode.STALE_VERSION, "The VM %s has changed while its host was asked.".formatted(now.name()));
        }
    }

    /**
     * The VM went down by itself: gives its place back and, when the guest wanted it, remembers that it shall stay down.
     *
     * @param considered as for {@link #restart}
     */
    TaskView settle(Vm considered, boolean stayDown, RequestContext by) {
        return inTransaction(() -> {
            requireUnchanged(considered);
            if (stayDown) {
                vms.setDesiredPower(considered.id(), PowerState.STOPPED);
            }
            return submit(Verb.STOP, considered, new StopVm(null, false, clock.instant(), null), by);
        });
    }

    @Override
    public TaskView stop(UUID vmId, StopMode mode, @Nullable Long expectedVersion, RequestContext by) {
        return inTransaction(() -> {
            Vm vm = checked(Verb.STOP, vmId, expectedVersion);
            vms.setDesiredPower(vmId, PowerState.STOPPED);
            vms.setActivity(vmId, VmStatus.STOPPING);
            // One that was seen down is asked for too where it was placed: it may only just have been started.
            UUID hostId = vm.observed().status() == VmStatus.DOWN ? vm.hostId() : hostOf(vm);
            return submit(Verb.STOP, vm, new StopVm(hostId, mode == StopMode.FORCED, giveUpAt(), null), by);
        });
    }

    @Override
    public TaskView reboot(UUID vmId, StopMode mode, @Nullable Long expectedVersion, RequestContext by) {
        return inTransaction(() -> {
            Vm vm = checked(Verb.REBOOT, vmId, expectedVersion);
            vms.setActivity(vmId, VmStatus.REBOOTING);
            return submit(Verb.REBOOT, vm, new RebootVm(hostOf(vm), mode == StopMode.FORCED, giveUpAt()), by);
        });
    }

    @Override
    public TaskView pause(UUID vmId, @Nullable Long expectedVersion, RequestContext by) {
        return pauseOrResume(Verb.PAUSE, vmId, expectedVersion, by);
    }

    @Override
    public TaskView resume(UUID vmId, @Nullable Long expectedVersion, RequestContext by) {
        return pauseOrResume(Verb.RESUME, vmId, expectedVersion, by);
    }

    private TaskView pauseOrResume(Verb verb, UUID vmId, @Nullable Long expectedVersion, RequestContext by) {
        return inTransaction(() -> {
            Vm vm = checked(verb, vmId, expectedVersion);
            vms.setActivity(vmId, VmStatus.LOCKED);
            return submit(verb, vm, new PauseVm(hostOf(vm), null), by);
        });
    }

    @Override
    public TaskView delete(UUID vmId, @Nullable Long expectedVersion, RequestContext by) {
        // Whoever may not is to hear that, and not that there is no host to do it.
        UUID worker = creation.connectedHost(
                checked(Verb.DELETE, vmId, expectedVersion).clusterId());
        return inTransaction(() -> {
            Vm vm = checked(Verb.DELETE, vmId, expectedVersion);
            vms.setDesiredPower(vmId, PowerState.STOPPED);
            vms.setActivity(vmId, VmStatus.LOCKED);
            return submit(Verb.DELETE, vm, new DeleteVm(worker), by);
        });
    }

    @Override
    public void check(Verb verb, UUID vmId, @Nullable Long expectedVersion) {
        checked(verb, vmId, expectedVersion);
    }

    private Vm checked(Verb verb, UUID vmId, @Nullable Long expectedVersion) {
        Vm vm = vms.require(vmId);
        vms.checkVersion(vmId, expectedVersion);
        if (vm.external()) {
            throw Vms.external(vm.name());
        }
        if (verb == Verb.DELETE && vm.deleteProtected()) {
            throw Refusals.isProtected(vm);
        }
        tasks.unfinishedFor(vmId).ifPresent(task -> {
            throw Refusals.busy(vm, task);
        });
        VmStatus status = vm.observed().status();
        if (vm.observed().isMissing()) {
            throw Refusals.missing(vm);
        }
        if (status == VmStatus.UNKNOWN) {
            throw Refusals.hostUnreachable(vm);
        }
        boolean down = status == VmStatus.DOWN;
        switch (verb) {
            case START, DELETE -> {
                if (!down) {
                    throw Refusals.running(vm);
                }
            }
            // A VM that is down but wanted running (it keeps crashing) can be told to stay down.
            case STOP -> {
                if (down && vm.desiredPower() == PowerState.STOPPED) {
                    throw Refusals.notRunning(vm);
                }
            }
            case REBOOT, PAUSE, RESUME -> {
                if (down) {
                    throw Refusals.notRunning(vm);
                }
            }
        }
        return vm;
    }

    /**
     * Where it runs: where it was placed. What is observed may be behind: right after a migration it is the source, which
     * does not have the guest any more and would say that it is stopped.
     */
    private static UUID hostOf(Vm vm) {
        UUID hostId = vm.hostId() == null ? vm.observed().hostId() : vm.hostId();
        if (hostId == null) {
            throw Refusals.notRunning(vm);
        }
        return hostId;
    }

    private static PlacementRequest placementOf(Vm vm, @Nullable UUID hostId) {
        return new PlacementRequest(
                Optional.of(vm.id()),
                vm.clusterId(),
                vm.vcpus(),
                vm.memoryBytes(),
                Optional.ofNullable(hostId),
                Optional.empty());
    }

    private Instant giveUpAt() {
        return clock.instant().plus(properties.gracefulTimeout());
    }

    private TaskView submit(Verb verb, Vm vm, Record payload, RequestContext by) {
        return tasks.submit(new Submission<>(
                verb.taskKind(),
                payload,
                "vm",
                vm.id(),
                vm.name(),
                true,
                by.correlationId(),
                by.principal(),
                Optional.empty()));
    }

    private TaskView inTransaction(Supplier<TaskView> work) {
        TaskView task = transactions.execute(status -> work.get());
        if (task == null) {
            throw new IllegalStateException("no task was stored");
        }
        return task;
    }
}
