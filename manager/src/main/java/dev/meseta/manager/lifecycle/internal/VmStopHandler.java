package dev.meseta.manager.lifecycle.internal;

import dev.meseta.manager.agents.AgentCall;
import dev.meseta.manager.agents.AgentOutcome;
import dev.meseta.manager.agents.DomainAnswer;
import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.Vms;
import dev.meseta.manager.lifecycle.SeenEnds;
import dev.meseta.manager.lifecycle.internal.Payloads.StopVm;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.tasks.OperationPhase;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.TaskContext;
import dev.meseta.manager.tasks.TaskHandler;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** {@code vm.stop}. A graceful one gives the guest its time, or less when cancelled, and then leaves it running. */
@Component
class VmStopHandler implements TaskHandler<StopVm> {

    private final HostAgents agents;
    private final Vms vms;
    private final VmRows rows;
    private final SeenEnds ends;
    private final InstantSource clock;

    VmStopHandler(HostAgents agents, Vms vms, VmRows rows, SeenEnds ends, InstantSource clock) {
        this.agents = agents;
        this.vms = vms;
        this.rows = rows;
        this.ends = ends;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return "vm.stop";
    }

    @Override
    public int schemaVersion() {
        return 1;
    }

    @Override
    public Class<StopVm> payloadType() {
        return StopVm.class;
    }

    @Override
    public Class<OperationPhase> phases() {
        return OperationPhase.class;
    }

    @Override
    public Optional<Duration> timeLimit() {
        return Optional.of(Duration.ofHours(1));
    }

    @Override
    public StepResult<StopVm> step(TaskContext<StopVm> context) {
        StopVm payload = context.payload();
        UUID hostId = payload.hostId();
        if (hostId == null) {
            return stopped(context);
        }
        if (payload.seenBy() != null) {
            return seenDown(context, hostId);
        }
        AgentCall call = AgentSteps.call(
                context, context.operationId(), payload.forced() ? Optional.empty() : Optional.of(payload.giveUpAt()));
        AgentOutcome outcome =
                AgentOutcome.of(() -> agents.ensureStopped(hostId, call, context.targetId(), payload.forced()));
        if (outcome instanceof AgentOutcome.Running && guestHadItsTime(context)) {
            outcome = AgentOutcome.of(() -> agents.cancelOperation(hostId, call.operationId()));
        }
        return switch (outcome) {
            case AgentOutcome.Running running -> AgentSteps.waitFor(context, untilNextLook(payload));
            case AgentOutcome.Succeeded succeeded -> seenDown(context, hostId);
            case AgentOutcome.NoAnswer silence -> AgentSteps.waitFor(context, AgentSteps.NO_ANSWER);
            case AgentOutcome.Failed failed ->
                afterLooking(context, hostId, keptRunning(context, failed.code(), failed.detail()));
            case AgentOutcome.Unknown unknown ->
                afterLooking(context, hostId, new StepResult.Retry<>(ErrorCode.OUTCOME_UNKNOWN, unknown.detail()));
        };
    }

    private boolean guestHadItsTime(TaskContext<StopVm> context) {
        StopVm payload = context.payload();
        return !payload.forced()
                && (context.cancelRequested() || !clock.instant().isBefore(payload.giveUpAt()));
    }

    private Duration untilNextLook(StopVm payload) {
        Duration left = Duration.between(clock.instant(), payload.giveUpAt());
        return payload.forced() || left.compareTo(AgentSteps.RUNNING) > 0
                ? AgentSteps.RUNNING
                : left.isPositive() ? left : AgentSteps.NO_ANSWER;
    }

    private StepResult<StopVm> afterLooking(
            TaskContext<StopVm> context, UUID hostId, StepResult<StopVm> whenStillThere) {
        return switch (DomainAnswer.ask(agents, hostId, context.targetId())) {
            case DomainAnswer.Absent absent -> seenDown(context, hostId);
            case DomainAnswer.Present present -> whenStillThere;
            case DomainAnswer.NoAnswer silence -> AgentSteps.waitFor(context, AgentSteps.NO_ANSWER);
        };
    }

    /** It does not run on that host any more; what is observed of it may still have to follow. */
    private StepResult<StopVm> seenDown(TaskContext<StopVm> context, UUID hostId) {
        StopVm payload = context.payload();
        Vm.Observed observed = vms.require(context.targetId()).observed();
        UUID seenOn = observed.hostId();
        if (!SeenEnds.isDown(observed) && seenOn != null && !seenOn.equals(hostId)) {
            // What was known of its whereabouts was old: it is to be stopped where it is.
            return new StepResult.Wait<>(payload.on(seenOn), Duration.ZERO);
        }
        return ends.when(context, SeenEnds::isDown, payload.seenBy(), payload::doneSeenBy, () -> stopped(context));
    }

    private StepResult<StopVm> stopped(TaskContext<StopVm> context) {
        return new StepResult.Succeed<>(context.payload(), "The VM is off.", () -> rows.stopped(context.targetId()));
    }

    private StepResult<StopVm> keptRunning(TaskContext<StopVm> context, ErrorCode code, String detail) {
        ErrorCode reported = code;
        String explanation = detail;
        if (code == ErrorCode.CANCELLED || code == ErrorCode.DEADLINE_EXCEEDED) {
            reported = context.cancelRequested() ? ErrorCode.CANCELLED : ErrorCode.GUEST_DID_NOT_STOP;
            explanation = context.cancelRequested()
                    ? "Cancelled; the guest may still follow the request."
                    : "The guest did not follow the request to stop in time. Stop it by force, or look at its console.";
        }
        return new StepResult.Fail<>(
                context.payload(), reported, explanation, () -> rows.keptRunning(context.targetId()));
    }

    @Override
    public StepResult<StopVm> giveUp(TaskContext<StopVm> context, ErrorCode code, String detail) {
        if (code == ErrorCode.DEADLINE_EXCEEDED) {
            // Nobody knows whether it stopped: the wish that it be down stays.
            return new StepResult.Fail<>(context.payload(), code, detail, () -> rows.idle(context.targetId()));
        }
        return keptRunning(context, code, detail);
    }
}
