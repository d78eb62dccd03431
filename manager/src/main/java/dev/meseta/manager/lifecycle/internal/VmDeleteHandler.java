package dev.meseta.manager.lifecycle.internal;

import dev.meseta.manager.agents.AgentOutcome;
import dev.meseta.manager.agents.DomainAnswer;
import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.Vms;
import dev.meseta.manager.lifecycle.internal.Payloads.DeleteVm;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.storage.Storage;
import dev.meseta.manager.tasks.OperationPhase;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.TaskContext;
import dev.meseta.manager.tasks.TaskHandler;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** {@code vm.delete}: makes sure that its last host does not have it, takes disks and seed off the storage, then the rows away. */
@Component
class VmDeleteHandler implements TaskHandler<DeleteVm> {

    private final HostAgents agents;
    private final Vms vms;
    private final LastHost lastHost;
    private final Storage storage;
    private final VmRows rows;

    VmDeleteHandler(HostAgents agents, Vms vms, LastHost lastHost, Storage storage, VmRows rows) {
        this.vms = vms;
        this.lastHost = lastHost;
        this.agents = agents;
        this.storage = storage;
        this.rows = rows;
    }

    @Override
    public String kind() {
        return "vm.delete";
    }

    @Override
    public int schemaVersion() {
        return 1;
    }

    @Override
    public Class<DeleteVm> payloadType() {
        return DeleteVm.class;
    }

    @Override
    public Class<OperationPhase> phases() {
        return OperationPhase.class;
    }

    @Override
    public Optional<Duration> timeLimit() {
        return Optional.of(Duration.ofHours(2));
    }

    @Override
    public StepResult<DeleteVm> step(TaskContext<DeleteVm> context) {
        UUID vmId = context.targetId();
        List<Storage.Disk> disks = storage.disksOf(vmId);
        if (disks.isEmpty()) {
            return removed(context);
        }
        Vm vm = vms.require(vmId);
        return switch (lastHost.answerOf(vm)) {
            case DomainAnswer.Absent absent -> removeDisks(context, disks);
            case DomainAnswer.NoAnswer silence -> AgentSteps.waitFor(context, AgentSteps.NO_ANSWER);
            // Nothing is removed under a guest.
            case DomainAnswer.Present present -> {
                MesetaException refusal = LastHost.stillThere(vm);
                yield new StepResult.Fail<>(
                        context.payload(),
                        refusal.code(),
                        String.valueOf(refusal.getMessage()),
                        () -> rows.keptRunning(vmId));
            }
        };
    }

    private StepResult<DeleteVm> removeDisks(TaskContext<DeleteVm> context, List<Storage.Disk> disks) {
        UUID vmId = context.targetId();
        AgentOutcome outcome =
                AgentSteps.removeVolumes(agents, context, context.payload().hostId(), vmId, disks);
        return switch (outcome) {
            case AgentOutcome.Running running -> AgentSteps.waitFor(context, AgentSteps.RUNNING);
            case AgentOutcome.NoAnswer silence -> AgentSteps.waitFor(context, AgentSteps.NO_ANSWER);
            case AgentOutcome.Unknown unknown -> new StepResult.Retry<>(ErrorCode.OUTCOME_UNKNOWN, unknown.detail());
            case AgentOutcome.Failed failed -> new StepResult.Retry<>(failed.code(), failed.detail());
            case AgentOutcome.Succeeded succeeded -> removed(context);
        };
    }

    private StepResult<DeleteVm> failed(TaskContext<DeleteVm> context, ErrorCode code, String detail) {
        return new StepResult.Fail<>(context.payload(), code, detail, () -> rows.idle(context.targetId()));
    }

    private StepResult<DeleteVm> removed(TaskContext<DeleteVm> context) {
        return new StepResult.Succeed<>(
                context.payload(), "The VM and its disks are gone.", () -> rows.removed(context.targetId()));
    }

    @Override
    public StepResult<DeleteVm> giveUp(TaskContext<DeleteVm> context, ErrorCode code, String detail) {
        return failed(context, code, detail);
    }
}
