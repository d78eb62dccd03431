package dev.meseta.manager.lifecycle.internal;

import dev.meseta.manager.agents.AgentCall;
import dev.meseta.manager.agents.AgentOutcome;
import dev.meseta.manager.agents.DomainAnswer;
import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.VmStatus;
import dev.meseta.manager.lifecycle.SeenEnds;
import dev.meseta.manager.lifecycle.internal.Payloads.PauseVm;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.tasks.OperationPhase;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.TaskContext;
import dev.meseta.manager.tasks.TaskHandler;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** {@code vm.pause} and {@code vm.resume}: halts a guest's CPUs, or lets them run again. */
final class VmPauseHandler implements TaskHandler<PauseVm> {

    private final HostAgents agents;
    private final VmRows rows;
    private final SeenEnds ends;
    private final boolean paused;

    /** @param paused what shall be */
    VmPauseHandler(HostAgents agents, VmRows rows, SeenEnds ends, boolean paused) {
        this.agents = agents;
        this.rows = rows;
        this.ends = ends;
        this.paused = paused;
    }

    @Override
    public String kind() {
        return paused ? "vm.pause" : "vm.resume";
    }

    @Override
    public int schemaVersion() {
        return 1;
    }

    @Override
    public Class<PauseVm> payloadType() {
        return PauseVm.class;
    }

    @Override
    public Class<OperationPhase> phases() {
        return OperationPhase.class;
    }

    @Override
    public Optional<Duration> timeLimit() {
        return Optional.of(Duration.ofMinutes(10));
    }

    @Override
    public StepResult<PauseVm> step(TaskContext<PauseVm> context) {
        if (context.payload().seenBy() != null) {
            return done(context);
        }
        UUID hostId = context.payload().hostId();
        AgentCall call = AgentSteps.call(context);
        return switch (AgentOutcome.of(() -> agents.ensurePaused(hostId, call, context.targetId(), paused))) {
            case AgentOutcome.Running running -> AgentSteps.waitFor(context, AgentSteps.RUNNING);
            case AgentOutcome.Succeeded succeeded -> done(context);
            case AgentOutcome.NoAnswer silence -> AgentSteps.waitFor(context, AgentSteps.NO_ANSWER);
            case AgentOutcome.Failed failed -> failed(context, failed.code(), failed.detail());
            case AgentOutcome.Unknown unknown ->
                switch (DomainAnswer.ask(agents, hostId, context.targetId())) {
                    case DomainAnswer.Absent absent -> failed(context, ErrorCode.VM_NOT_RUNNING, "The VM has stopped.");
                    case DomainAnswer.Present present ->
                        present.paused() == paused
                                ? done(context)
                                : new StepResult.Retry<>(ErrorCode.OUTCOME_UNKNOWN, unknown.detail());
                    case DomainAnswer.NoAnswer silence -> AgentSteps.waitFor(context, AgentSteps.NO_ANSWER);
                };
        };
    }

    private StepResult<PauseVm> done(TaskContext<PauseVm> context) {
        String detail = paused ? "The guest is halted." : "The guest runs again.";
        PauseVm payload = context.payload();
        return ends.when(
                context,
                this::isSeen,
                payload.seenBy(),
                payload::doneSeenBy,
                () -> new StepResult.Succeed<>(payload, detail, () -> rows.idle(context.targetId())));
    }

    /** Resumed, it may be anything by now but halted. */
    private boolean isSeen(Vm.Observed observed) {
        VmStatus status = observed.status();
        return paused ? status == VmStatus.PAUSED || status == VmStatus.DOWN : status != VmStatus.PAUSED;
    }

    private StepResult<PauseVm> failed(TaskContext<PauseVm> context, ErrorCode code, String detail) {
        return new StepResult.Fail<>(context.payload(), code, detail, () -> rows.idle(context.targetId()));
    }

    @Override
    public StepResult<PauseVm> giveUp(TaskContext<PauseVm> context, ErrorCode code, String detail) {
        return failed(context, code, detail);
    }
}
