package dev.meseta.manager.migration.internal;

import dev.meseta.manager.agents.AgentCall;
import dev.meseta.manager.agents.AgentOperation;
import dev.meseta.manager.agents.AgentOutcome;
import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.VmStatus;
import dev.meseta.manager.inventory.Vms;
import dev.meseta.manager.migration.MigrationPolicy;
import dev.meseta.manager.migration.Migrations;
import dev.meseta.manager.placement.Placement.Decision;
import dev.meseta.manager.shared.AuditNotes;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.shared.UuidGenerator;
import dev.meseta.manager.tasks.Submission;
import dev.meseta.manager.tasks.TaskView;
import dev.meseta.manager.tasks.Tasks;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** Takes migrations in, and commands to running ones. */
@Component
class MigrationService implements Migrations {

    private static final Logger LOG = LoggerFactory.getLogger(MigrationService.class);

    private static final long MIB = 1024 * 1024;
    private static final String KIND = "vm.migrate";
    private static final Duration LIMIT_CHANGE = Duration.ofSeconds(5);

    private final Vms vms;
    private final MigrationTargets targets;
    private final HostAgents agents;
    private final Tasks tasks;
    private final TransactionOperations transactions;
    private final UuidGenerator ids;
    private final InstantSource clock;

    MigrationService(
            Vms vms,
            MigrationTargets targets,
            HostAgents agents,
            Tasks tasks,
            TransactionOperations transactions,
            UuidGenerator ids,
            InstantSource clock) {
        this.vms = vms;
        this.targets = targets;
        this.agents = agents;
        this.tasks = tasks;
        this.transactions = transactions;
        this.ids = ids;
        this.clock = clock;
    }

    @Override
    public Decision targets(UUID vmId) {
        Vm vm = vms.require(vmId);
        UUID source =
                vm.observed().hostId() == null ? vm.hostId() : vm.observed().hostId();
        if (source == null) {
            throw notRunning(vm);
        }
        return targets.evaluate(vm, source, null);
    }

    @Override
    public Decision plan(UUID vmId, @Nullable UUID targetHostId, @Nullable Long expectedVersion) {
        Vm vm = vms.require(vmId);
        UUID source = checkedSource(vm, targetHostId, expectedVersion);
        return targets.evaluate(vm, source, targetHostId);
    }

    @Override
    public TaskView migrate(
            UUID vmId,
            @Nullable UUID targetHostId,
            MigrationPolicy policy,
            @Nullable Long expectedVersion,
            RequestContext by) {
        TaskView task = transactions.execute(status -> {
            Vm vm = vms.require(vmId);
            UUID source = checkedSource(vm, targetHostId, expectedVersion);
            // Told at once when there is no place; which one it is, is decided by the task's first step.
            targets.choose(vm, source, targetHostId);
            vms.setActivity(vmId, VmStatus.MIGRATING);
            return tasks.submit(new Submission<>(
                    KIND,
                    MigrateVm.requested(source, targetHostId, policy, clock.instant()),
                    "vm",
                    vmId,
                    vm.name(),
                    true,
                    by.correlationId(),
                    by.principal(),
                    Optional.empty()));
        });
        if (task == null) {
            throw new IllegalStateException("no task was stored");
        }
        return task;
    }

    private UUID checkedSource(Vm vm, @Nullable UUID targetHostId, @Nullable Long expectedVersion) {
        vms.checkVersion(vm.id(), expectedVersion);
        if (vm.external()) {
            throw Vms.external(vm.name());
        }
        tasks.unfinishedFor(vm.id()).ifPresent(task -> {
            throw new MesetaException(
                    ErrorCode.TASK_IN_PROGRESS,
                    "The task %s (%s) is at work on the VM %s. Wait for it, or cancel it."
                            .formatted(task.id(), task.kind(), vm.name()));
        });
        if (vm.observed().status() == VmStatus.UNKNOWN) {
            throw new MesetaException(
                    ErrorCode.HOST_UNREACHABLE,
                    "The host on which the VM %s was last seen cannot be reached. Bring it back first."
                            .formatted(vm.name()));
        }
        // Right after a migration it may still be seen at the host it came from.
        UUID source = vm.hostId() == null ? vm.observed().hostId() : vm.hostId();
        if (vm.observed().status() != VmStatus.UP || source == null) {
            throw notRunning(vm);
        }
        targets.checkWanted(source, targetHostId);
        return source;
    }

    @Override
    public void change(
            UUID vmId, Optional<Long> maxDowntimeMs, Optional<Long> bandwidthMiBPerSecond, RequestContext by) {
        command(
                vmId,
                "change",
                by,
                (source, call) -> agents.changeMigration(
                        source, call, vmId, maxDowntimeMs, bandwidthMiBPerSecond.map(value -> value * MIB)));
        Map<String, Object> limits = new HashMap<>();
        maxDowntimeMs.ifPresent(value -> limits.put("maxDowntimeMs", value));
        bandwidthMiBPerSecond.ifPresent(value -> limits.put("bandwidthMiBPerSecond", value));
        // What they were is known to the agent alone.
        AuditNotes.changed(Map.of(), limits);
    }

    @Override
    public void switchToPostCopy(UUID vmId, RequestContext by) {
        command(vmId, "post-copy", by, (source, call) -> agents.switchToPostCopy(source, call, vmId));
    }

    private void command(
            UUID vmId, String what, RequestContext by, BiFunction<UUID, AgentCall, AgentOperation> command) {
        Vm vm = vms.require(vmId);
        UUID source = vm.hostId();
        TaskView task = tasks.unfinishedFor(vmId)
                .filter(unfinished ->
                        unfinished.kind().equals(KIND) && unfinished.phase().equals(MigrationPhase.COPYING.name()))
                .orElseThrow(() -> notMigrating(vm));
        if (source == null) {
            throw notMigrating(vm);
        }
        AgentCall call = new AgentCall(
                task.id() + ":" + what + ":" + ids.next(),
                by.correlationId(),
                by.principal(),
                Optional.of(clock.instant().plus(LIMIT_CHANGE)));
        switch (AgentOutcome.of(() -> command.apply(source, call))) {
            case AgentOutcome.Succeeded succeeded -> LOG.debug("{} has reached the source", succeeded.operation());
            case AgentOutcome.Running running -> LOG.debug("{} is on its way", running.operation());
            case AgentOutcome.Failed failed -> throw new MesetaException(failed.code(), failed.detail());
            case AgentOutcome.Unknown unknown -> throw new MesetaException(ErrorCode.OUTCOME_UNKNOWN, unknown.detail());
            case AgentOutcome.NoAnswer silence -> throw new MesetaException(silence.code(), silence.detail());
        }
    }

    private static MesetaException notMigrating(Vm vm) {
        return new MesetaException(
                ErrorCode.NOT_MIGRATING,
                "The memory of the VM %s is not being copied now; there is nothing to change.".formatted(vm.name()));
    }

    private static MesetaException notRunning(Vm vm) {
        return new MesetaException(
                ErrorCode.VM_NOT_RUNNING,
                "The VM %s is %s. Only a running VM can be moved; start it first.".formatted(vm.name(), vm.status()));
    }
}
