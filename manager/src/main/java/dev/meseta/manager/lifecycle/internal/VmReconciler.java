package dev.meseta.manager.lifecycle.internal;

import dev.meseta.manager.agents.DomainAnswer;
import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.inventory.HostStatus;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.inventory.MissingVms;
import dev.meseta.manager.inventory.PowerState;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.VmStatus;
import dev.meseta.manager.inventory.Vms;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.EventCode;
import dev.meseta.manager.shared.EventKind;
import dev.meseta.manager.shared.EventPublisher;
import dev.meseta.manager.shared.EventPublisher.EventDraft;
import dev.meseta.manager.shared.EventPublisher.Severity;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.shared.UuidGenerator;
import dev.meseta.manager.tasks.Tasks;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Brings what is observed back to what is desired, by submitting tasks. It acts only on VMs that are observed DOWN, on
 * which no task works, and whose last host answers that it does not have them: what is UNKNOWN is left alone, except for
 * what its own host has not had for a while. Used from one thread.
 */
@Component
class VmReconciler {

    private static final Logger LOG = LoggerFactory.getLogger(VmReconciler.class);

    /** Reasons that say somebody wanted the guest to stop. */
    private static final Set<String> STOPPED_ON_PURPOSE = Set.of("GUEST_SHUTDOWN", "USER");

    private final Vms vms;
    private final MissingVms missing;
    private final Hosts hosts;
    private final HostAgents agents;
    private final Tasks tasks;
    private final VmLifecycleService lifecycle;
    private final CrashHistory crashes;
    private final EventPublisher events;
    private final UuidGenerator ids;
    private final InstantSource clock;
    private final LifecycleProperties properties;

    VmReconciler(
            Vms vms,
            MissingVms missing,
            Hosts hosts,
            HostAgents agents,
            Tasks tasks,
            VmLifecycleService lifecycle,
            CrashHistory crashes,
            EventPublisher events,
            UuidGenerator ids,
            InstantSource clock,
            LifecycleProperties properties) {
        this.vms = vms;
        this.missing = missing;
        this.hosts = hosts;
        this.agents = agents;
        this.tasks = tasks;
        this.lifecycle = lifecycle;
        this.crashes = crashes;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
        this.properties = properties;
    }

    /** Looks once at every VM that may need something. */
    void scan() {
        Instant latest = clock.instant().minus(properties.missingGrace());
        missing.since(latest).forEach(this::settleMissing);
        missing.misplaced(latest).forEach(this::settleMisplaced);
        vms.unsettled().forEach(vm -> consider(vm.id()));
    }

    /**
     * A VM that has been missing for long enough counts as down, but only when its host says so too, and none moves it; or
     * as found, when its host has it after all.
     */
    private void settleMissing(Vm vm) {
        UUID hostId = vm.observed().hostId();
        if (hostId == null || vm.activity() == VmStatus.MIGRATING || !isUp(hostId)) {
            return;
        }
        switch (DomainAnswer.ask(agents, hostId, vm.id())) {
            case DomainAnswer.Absent absent -> missing.confirm(vm.id(), hostId);
            case DomainAnswer.Present present ->
                statusOf(present).ifPresent(status -> missing.found(vm.id(), hostId, status));
            case DomainAnswer.NoAnswer silence -> LOG.debug("VM {} cannot be asked after: {}", vm.id(), silence);
        }
    }

    /** Empty: it has not arrived yet, or is leaving. */
    private static Optional<VmStatus> statusOf(DomainAnswer.Present present) {
        if (present.running()) {
            return Optional.of(VmStatus.UP);
        }
        return present.paused() && !present.inPostCopy() ? Optional.of(VmStatus.PAUSED) : Optional.empty();
    }

    /** An old word of the source of a migration may have come after the target's. */
    private void settleMisplaced(Vm vm) {
        UUID shownAt = vm.observed().hostId();
        if (shownAt != null && tasks.unfinishedFor(vm.id()).isEmpty() && doesNotHaveIt(shownAt, vm.id())) {
            missing.isNotAt(vm.id(), shownAt);
        }
    }

    /** Looks at one VM and submits at most one task for it. */
    void consider(UUID vmId) {
        try {
            vms.find(vmId)
                    .filter(VmReconciler::mayNeedSomething)
                    .filter(vm -> tasks.unfinishedFor(vmId).isEmpty())
                    .ifPresent(this::bringBack);
        } catch (MesetaException e) {
            if (e.code() != ErrorCode.TASK_IN_PROGRESS && e.code() != ErrorCode.STALE_VERSION) {
                LOG.warn("VM {} was not brought to its desired state: {} {}", vmId, e.code(), e.getMessage());
            }
        }
    }

    private static boolean mayNeedSomething(Vm vm) {
        return !vm.external()
                && vm.observed().status() == VmStatus.DOWN
                && vm.activity() == null
                && (vm.desiredPower() == PowerState.RUNNING || vm.hostId() != null);
    }

    private void bringBack(Vm vm) {
        String reason = vm.observed().statusReason();
        if (reason.equals("MIGRATED") || !lastHostDoesNotHaveIt(vm)) {
            return;
        }
        if (vm.desiredPower() == PowerState.STOPPED || STOPPED_ON_PURPOSE.contains(reason)) {
            lifecycle.settle(vm, true, system());
            return;
        }
        switch (crashes.mayRestart(vm.id())) {
            case YES -> restart(vm, reason);
            case TOO_OFTEN_FIRST_TIME -> {
                lifecycle.settle(vm, false, system());
                events.publish(new EventDraft(
                        EventKind.VM_CHANGED.text(),
                        "vm",
                        vm.id(),
                        Severity.ERROR,
                        EventCode.VM_CRASH_LOOP.name(),
                        "The VM %s went down again and again (last: %s). It is left down for a while; look at its console and its disk."
                                .formatted(vm.name(), reason),
                        Map.of("reason", reason)));
            }
            case TOO_OFTEN -> LOG.debug("VM {} crashes too often to be started again yet", vm.id());
        }
    }

    private void restart(Vm vm, String reason) {
        lifecycle.restart(vm, system());
        crashes.restarted(vm.id());
        events.publish(new EventDraft(
                EventKind.VM_CHANGED.text(),
                "vm",
                vm.id(),
                Severity.WARNING,
                EventCode.VM_RESTARTED.name(),
                "The VM %s went down (%s) and is started again.".formatted(vm.name(), reason),
                Map.of("reason", reason)));
    }

    /** Asked of the hypervisor itself: an observation may be late, and a VM must never run twice. */
    private boolean lastHostDoesNotHaveIt(Vm vm) {
        UUID hostId = vm.hostId();
        return hostId == null || doesNotHaveIt(hostId, vm.id());
    }

    private boolean doesNotHaveIt(UUID hostId, UUID vmId) {
        return isUp(hostId) && DomainAnswer.ask(agents, hostId, vmId) instanceof DomainAnswer.Absent;
    }

    private boolean isUp(UUID hostId) {
        return agents.isConnected(hostId)
                && hosts.find(hostId)
                        .map(Host::observed)
                        .filter(observed -> observed.status() == HostStatus.UP
                                || observed.status() == HostStatus.MAINTENANCE
                                || observed.status() == HostStatus.PREPARING_MAINTENANCE)
                        .isPresent();
    }

    private RequestContext system() {
        return RequestContext.system("reconciler-" + ids.next());
    }
}
