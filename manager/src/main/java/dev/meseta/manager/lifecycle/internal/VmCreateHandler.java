package dev.meseta.manager.lifecycle.internal;

import dev.meseta.manager.agents.AgentCall;
import dev.meseta.manager.agents.AgentOperation;
import dev.meseta.manager.agents.AgentOutcome;
import dev.meseta.manager.agents.DomainAnswer;
import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.inventory.Vms;
import dev.meseta.manager.lifecycle.SeenEnds;
import dev.meseta.manager.lifecycle.VmSpecifications;
import dev.meseta.manager.lifecycle.internal.Payloads.CreateVm;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.storage.Storage;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.TaskContext;
import dev.meseta.manager.tasks.TaskHandler;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * {@code vm.create}: makes the disk, then starts the domain. Rows and reservation were stored with the task. Networks are
 * on every host since it connected, so a start needs no more than these two calls.
 */
@Component
class VmCreateHandler implements TaskHandler<CreateVm> {

    private static final int ATTEMPTS = 5;

    private final HostAgents agents;
    private final Vms vms;
    private final Storage storage;
    private final VmSpecifications specifications;
    private final VmRows rows;
    private final SeenEnds ends;

    VmCreateHandler(
            HostAgents agents, Vms vms, Storage storage, VmSpecifications specifications, VmRows rows, SeenEnds ends) {
        this.agents = agents;
        this.vms = vms;
        this.storage = storage;
        this.specifications = specifications;
        this.rows = rows;
        this.ends = ends;
    }

    @Override
    public String kind() {
        return "vm.create";
    }

    @Override
    public int schemaVersion() {
        return 1;
    }

    @Override
    public Class<CreateVm> payloadType() {
        return CreateVm.class;
    }

    @Override
    public Class<CreatePhase> phases() {
        return CreatePhase.class;
    }

    @Override
    public int maxAttempts(String phase) {
        return ATTEMPTS;
    }

    @Override
    public Optional<Duration> timeLimit(String phase) {
        return switch (CreatePhase.valueOf(phase)) {
            case REQUESTED -> Optional.of(Duration.ofHours(2));
            case VOLUME_READY -> Optional.of(Duration.ofMinutes(10));
            // What was begun is taken back, however long it takes.
            case UNDOING, SUCCEEDED, FAILED, CANCELLED -> Optional.empty();
        };
    }

    @Override
    public StepResult<CreateVm> step(TaskContext<CreateVm> context) {
        return switch (CreatePhase.valueOf(context.phase())) {
            case REQUESTED -> makeVolumes(context);
            case VOLUME_READY -> run(context);
            case UNDOING -> undo(context);
            case SUCCEEDED, FAILED, CANCELLED -> throw new IllegalStateException(context.phase() + " has no step");
        };
    }

    private StepResult<CreateVm> makeVolumes(TaskContext<CreateVm> context) {
        CreateVm payload = context.payload();
        List<Storage.Disk> disks = storage.disksOf(context.targetId());
        List<AgentOutcome> outcomes =
                disks.stream().map(disk -> ensureVolume(context, disk)).toList();
        return switch (AgentOutcome.together(outcomes)) {
            case AgentOutcome.Running running -> AgentSteps.waitFor(context, AgentSteps.RUNNING);
            case AgentOutcome.NoAnswer silence -> AgentSteps.waitFor(context, AgentSteps.NO_ANSWER);
            // The disk of an id is made or there already: trying again is harmless.
            case AgentOutcome.Unknown unknown -> new StepResult.Retry<>(ErrorCode.OUTCOME_UNKNOWN, unknown.detail());
            case AgentOutcome.Failed failed -> undoBecause(payload, failed.code(), failed.detail());
            case AgentOutcome.Succeeded succeeded -> {
                if (context.cancelRequested()) {
                    yield undoBecause(payload, ErrorCode.CANCELLED, "Cancelled before the VM was started.");
                }
                StepResult.TransactionalEffects ready = () -> disksReady(disks, outcomes);
                yield payload.start()
                        ? new StepResult.Advance<>(
                                CreatePhase.VOLUME_READY.name(), payload, "The disk is there.", ready)
                        : new StepResult.Succeed<>(payload, "The VM is created.", () -> {
                            ready.apply();
                            rows.idle(context.targetId());
                        });
            }
        };
    }

    private AgentOutcome ensureVolume(TaskContext<CreateVm> context, Storage.Disk disk) {
        AgentCall call = AgentSteps.call(context, context.operationId("disk-" + disk.index()), Optional.empty());
        return AgentOutcome.of(() -> agents.ensureVolume(
                context.payload().hostId(),
                call,
                disk.storageDomainId(),
                disk.id(),
                Optional.ofNullable(disk.imageId()),
                disk.sizeBytes()));
    }

    private void disksReady(List<Storage.Disk> disks, List<AgentOutcome> outcomes) {
        for (int index = 0; index < disks.size(); index++) {
            Storage.Disk disk = disks.get(index);
            AgentOperation.Volume volume = outcomes.get(index) instanceof AgentOutcome.Succeeded succeeded
                    ? succeeded.operation().volume()
                    : null;
            storage.diskReady(disk.id(), volume == null ? disk.sizeBytes() : volume.virtualSizeBytes());
        }
    }

    private StepResult<CreateVm> run(TaskContext<CreateVm> context) {
        UUID hostId = context.payload().hostId();
        UUID vmId = context.targetId();
        if (context.payload().seenBy() != null) {
            return running(context);
        }
        var specification = specifications.of(vms.require(vmId));
        AgentCall call = AgentSteps.call(context);
        return switch (AgentOutcome.of(() -> agents.ensureRunning(hostId, call, specification))) {
            case AgentOutcome.Running running -> AgentSteps.waitFor(context, AgentSteps.RUNNING);
            case AgentOutcome.Succeeded succeeded -> running(context);
            case AgentOutcome.NoAnswer silence -> AgentSteps.waitFor(context, AgentSteps.NO_ANSWER);
            case AgentOutcome.Failed failed ->
                afterLooking(context, undoBecause(context.payload(), failed.code(), failed.detail()));
            case AgentOutcome.Unknown unknown ->
                afterLooking(context, new StepResult.Retry<>(ErrorCode.OUTCOME_UNKNOWN, unknown.detail()));
        };
    }

    /** The operation says it does not run; believe it only when the hypervisor says so too. */
    private StepResult<CreateVm> afterLooking(TaskContext<CreateVm> context, StepResult<CreateVm> whenAbsent) {
        return switch (DomainAnswer.ask(agents, context.payload().hostId(), context.targetId())) {
            case DomainAnswer.Absent absent -> whenAbsent;
            case DomainAnswer.Present present ->
                present.holdsGuest() ? running(context) : AgentSteps.waitFor(context, AgentSteps.NO_ANSWER);
            case DomainAnswer.NoAnswer silence -> AgentSteps.waitFor(context, AgentSteps.NO_ANSWER);
        };
    }

    private StepResult<CreateVm> running(TaskContext<CreateVm> context) {
        CreateVm payload = context.payload();
        return ends.when(
                context,
                SeenEnds.ranAfter(payload.downSince()),
                payload.seenBy(),
                payload::doneSeenBy,
                () -> new StepResult.Succeed<>(payload, "The VM runs.", () -> rows.idle(context.targetId())));
    }

    private static StepResult<CreateVm> undoBecause(CreateVm payload, ErrorCode code, String detail) {
        return new StepResult.Compensate<>(
                CreatePhase.UNDOING.name(), payload, code, detail, StepResult.TransactionalEffects.NONE);
    }

    private StepResult<CreateVm> undo(TaskContext<CreateVm> context) {
        return switch (DomainAnswer.ask(agents, context.payload().hostId(), context.targetId())) {
            case DomainAnswer.Absent absent -> removeVolumes(context);
            case DomainAnswer.Present present -> stop(context);
            case DomainAnswer.NoAnswer silence -> AgentSteps.waitFor(context, AgentSteps.NO_ANSWER);
        };
    }

    private StepResult<CreateVm> stop(TaskContext<CreateVm> context) {
        AgentCall call = AgentSteps.call(context, context.operationId("stop"), Optional.empty());
        AgentOutcome outcome =
                AgentOutcome.of(() -> agents.ensureStopped(context.payload().hostId(), call, context.targetId(), true));
        return switch (outcome) {
            case AgentOutcome.Succeeded succeeded -> removeVolumes(context);
            case AgentOutcome.Running running -> AgentSteps.waitFor(context, AgentSteps.RUNNING);
            case AgentOutcome.NoAnswer silence -> AgentSteps.waitFor(context, AgentSteps.NO_ANSWER);
            // Nothing is removed under a guest that runs.
            case AgentOutcome.Failed failed -> AgentSteps.waitFor(context, AgentSteps.STUCK);
            case AgentOutcome.Unknown unknown -> AgentSteps.waitFor(context, AgentSteps.STUCK);
        };
    }

    private StepResult<CreateVm> removeVolumes(TaskContext<CreateVm> context) {
        UUID vmId = context.targetId();
        List<Storage.Disk> disks = storage.disksOf(vmId);
        AgentOutcome outcome =
                AgentSteps.removeVolumes(agents, context, context.payload().hostId(), vmId, disks);
        return switch (outcome) {
            case AgentOutcome.Running running -> AgentSteps.waitFor(context, AgentSteps.RUNNING);
            case AgentOutcome.NoAnswer silence -> AgentSteps.waitFor(context, AgentSteps.NO_ANSWER);
            case AgentOutcome.Unknown unknown -> new StepResult.Retry<>(ErrorCode.OUTCOME_UNKNOWN, unknown.detail());
            case AgentOutcome.Failed failed -> new StepResult.Retry<>(failed.code(), failed.detail());
            case AgentOutcome.Succeeded succeeded -> undone(context, "");
        };
    }

    private StepResult<CreateVm> undone(TaskContext<CreateVm> context, String remark) {
        return new StepResult.Fail<>(
                context.payload(),
                context.pendingError().orElse(ErrorCode.INTERNAL),
                context.pendingErrorDetail() + remark,
                () -> rows.removed(context.targetId()));
    }

    /** A disk that cannot be removed is left behind and said so; the row of the VM is not left. */
    @Override
    public StepResult<CreateVm> giveUp(TaskContext<CreateVm> context, ErrorCode code, String detail) {
        if (CreatePhase.valueOf(context.phase()) != CreatePhase.UNDOING) {
            return undoBecause(context.payload(), code, detail);
        }
        return code == ErrorCode.INTERNAL
                ? AgentSteps.waitFor(context, AgentSteps.STUCK)
                : undone(context, " A disk was left on the storage: " + detail);
    }
}
