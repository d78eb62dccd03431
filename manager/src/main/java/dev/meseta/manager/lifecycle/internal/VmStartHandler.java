package dev.meseta.manager.lifecycle.internal;

import dev.meseta.manager.agents.AgentCall;
import dev.meseta.manager.agents.AgentOutcome;
import dev.meseta.manager.agents.DomainAnswer;
import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.inventory.Vms;
import dev.meseta.manager.lifecycle.SeenEnds;
import dev.meseta.manager.lifecycle.VmSpecifications;
import dev.meseta.manager.lifecycle.internal.Payloads.StartVm;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.TaskContext;
import dev.meseta.manager.tasks.TaskHandler;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * {@code vm.start}. It cannot be cancelled, and while its host gives no answer it neither ends nor is tried elsewhere:
 * the guest may be running there.
 */
@Component
class VmStartHandler implements TaskHandler<StartVm> {

    private static final int ATTEMPTS = 3;

    private final HostAgents agents;
    private final Vms vms;
    private final VmSpecifications specifications;
    private final VmRows rows;
    private final SeenEnds ends;

    VmStartHandler(HostAgents agents, Vms vms, VmSpecifications specifications, VmRows rows, SeenEnds ends) {
        this.agents = agents;
        this.vms = vms;
        this.specifications = specifications;
        this.rows = rows;
        this.ends = ends;
    }

    @Override
    public String kind() {
        return "vm.start";
    }

    @Override
    public int schemaVersion() {
        return 1;
    }

    @Override
    public Class<StartVm> payloadType() {
        return StartVm.class;
    }

    @Override
    public Class<StartPhase> phases() {
        return StartPhase.class;
    }

    @Override
    public int maxAttempts(String phase) {
        return ATTEMPTS;
    }

    @Override
    public Optional<Duration> timeLimit(String phase) {
        return StartPhase.valueOf(phase) == StartPhase.REQUESTED
                ? Optional.of(Duration.ofMinutes(10))
                : Optional.empty();
    }

    @Override
    public StepResult<StartVm> step(TaskContext<StartVm> context) {
        if (context.payload().seenBy() != null) {
            return running(context);
        }
        return switch (StartPhase.valueOf(context.phase())) {
            case REQUESTED -> run(context);
            case LOOKING ->
                afterLooking(
                        context,
                        failed(
                                context,
                                context.pendingError().orElse(ErrorCode.INTERNAL),
                                context.pendingErrorDetail()));
            case SUCCEEDED, FAILED -> throw new IllegalStateException(context.phase() + " has no step");
        };
    }

    private StepResult<StartVm> run(TaskContext<StartVm> context) {
        UUID hostId = context.payload().hostId();
        var specification = specifications.of(vms.require(context.targetId()));
        AgentCall call = AgentSteps.call(context);
        return switch (AgentOutcome.of(() -> agents.ensureRunning(hostId, call, specification))) {
            case AgentOutcome.Running running -> AgentSteps.waitFor(context, AgentSteps.RUNNING);
            case AgentOutcome.Succeeded succeeded -> running(context);
            case AgentOutcome.NoAnswer silence -> AgentSteps.waitFor(context, AgentSteps.NO_ANSWER);
            case AgentOutcome.Failed failed -> afterLooking(context, failed(context, failed.code(), failed.detail()));
            case AgentOutcome.Unknown unknown ->
                afterLooking(context, new StepResult.Retry<>(ErrorCode.OUTCOME_UNKNOWN, unknown.detail()));
        };
    }

    /** The operation says it does not run; believe it only when the hypervisor says so too. */
    private StepResult<StartVm> afterLooking(TaskContext<StartVm> context, StepResult<StartVm> whenAbsent) {
        return switch (DomainAnswer.ask(agents, context.payload().hostId(), context.targetId())) {
            case DomainAnswer.Absent absent -> whenAbsent;
            case DomainAnswer.Present present ->
                present.holdsGuest() ? running(context) : AgentSteps.waitFor(context, AgentSteps.NO_ANSWER);
            case DomainAnswer.NoAnswer silence -> AgentSteps.waitFor(context, AgentSteps.NO_ANSWER);
        };
    }

    private StepResult<StartVm> running(TaskContext<StartVm> context) {
        StartVm payload = context.payload();
        return ends.when(
                context,
                SeenEnds.ranAfter(payload.downSince()),
                payload.seenBy(),
                payload::doneSeenBy,
                () -> new StepResult.Succeed<>(payload, "The VM runs.", () -> rows.idle(context.targetId())));
    }

    private StepResult<StartVm> failed(TaskContext<StartVm> context, ErrorCode code, String detail) {
        UUID vmId = context.targetId();
        return new StepResult.Fail<>(context.payload(), code, detail, () -> {
            if (context.payload().restart()) {
                rows.stopped(vmId);
            } else {
                rows.stoppedForGood(vmId);
            }
        });
    }

    /** Whatever went wrong: the guest may be running, so its place is not given back without looking. */
    @Override
    public StepResult<StartVm> giveUp(TaskContext<StartVm> context, ErrorCode code, String detail) {
        if (StartPhase.valueOf(context.phase()) == StartPhase.LOOKING) {
            return AgentSteps.waitFor(context, AgentSteps.STUCK);
        }
        ErrorCode reported = code == ErrorCode.OUTCOME_UNKNOWN ? ErrorCode.DOMAIN_START_FAILED : code;
        return new StepResult.Compensate<>(
                StartPhase.LOOKING.name(), context.payload(), reported, detail, StepResult.TransactionalEffects.NONE);
    }
}
