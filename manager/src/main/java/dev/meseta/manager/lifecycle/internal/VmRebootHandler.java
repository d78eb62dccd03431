package dev.meseta.manager.lifecycle.internal;

import dev.meseta.manager.agents.AgentCall;
import dev.meseta.manager.agents.AgentOutcome;
import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.lifecycle.internal.Payloads.RebootVm;
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

/** {@code vm.reboot}. A graceful one gives the guest its time and then leaves it as it is. */
@Component
class VmRebootHandler implements TaskHandler<RebootVm> {

    private final HostAgents agents;
    private final VmRows rows;
    private final InstantSource clock;

    VmRebootHandler(HostAgents agents, VmRows rows, InstantSource clock) {
        this.agents = agents;
        this.rows = rows;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return "vm.reboot";
    }

    @Override
    public int schemaVersion() {
        return 1;
    }

    @Override
    public Class<RebootVm> payloadType() {
        return RebootVm.class;
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
    public StepResult<RebootVm> step(TaskContext<RebootVm> context) {
        RebootVm payload = context.payload();
        UUID hostId = payload.hostId();
        AgentCall call = AgentSteps.call(context, context.operationId(), Optional.of(payload.giveUpAt()));
        AgentOutcome outcome = AgentOutcome.of(() -> agents.reboot(hostId, call, context.targetId(), payload.forced()));
        boolean hadItsTime = context.cancelRequested() || !clock.instant().isBefore(payload.giveUpAt());
        if (outcome instanceof AgentOutcome.Running && hadItsTime) {
            outcome = AgentOutcome.of(() -> agents.cancelOperation(hostId, call.operationId()));
        }
        return switch (outcome) {
            case AgentOutcome.Running running ->
                AgentSteps.waitFor(context, hadItsTime ? AgentSteps.NO_ANSWER : AgentSteps.RUNNING);
            case AgentOutcome.NoAnswer silence -> AgentSteps.waitFor(context, AgentSteps.NO_ANSWER);
            case AgentOutcome.Succeeded succeeded ->
                new StepResult.Succeed<>(payload, "The guest boots again.", () -> rows.idle(context.targetId()));
            // A guest may have booted again, or not; it runs either way, and a second reset would be worse than none.
            case AgentOutcome.Unknown unknown -> failed(context, ErrorCode.OUTCOME_UNKNOWN, unknown.detail());
            case AgentOutcome.Failed failed -> {
                boolean ranOut = failed.code() == ErrorCode.CANCELLED || failed.code() == ErrorCode.DEADLINE_EXCEEDED;
                yield ranOut && !context.cancelRequested()
                        ? failed(
                                context,
                                ErrorCode.GUEST_DID_NOT_STOP,
                                "The guest did not follow the request to boot again in time. Reboot it by force.")
                        : failed(context, ranOut ? ErrorCode.CANCELLED : failed.code(), failed.detail());
            }
        };
    }

    private StepResult<RebootVm> failed(TaskContext<RebootVm> context, ErrorCode code, String detail) {
        return new StepResult.Fail<>(context.payload(), code, detail, () -> rows.idle(context.targetId()));
    }

    @Override
    public StepResult<RebootVm> giveUp(TaskContext<RebootVm> context, ErrorCode code, String detail) {
        return failed(context, code, detail);
    }
}
