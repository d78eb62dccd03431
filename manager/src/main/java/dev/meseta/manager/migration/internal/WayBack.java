package dev.meseta.manager.migration.internal;

import dev.meseta.manager.agents.AgentOperation;
import dev.meseta.manager.agents.AgentOutcome;
import dev.meseta.manager.agents.DomainAnswer;
import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.StepResult.TransactionalEffects;
import dev.meseta.manager.tasks.TaskContext;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** What a migration does when it is cancelled, fails, or nobody knows how it ended. */
@Component
class WayBack {

    private static final Logger LOG = LoggerFactory.getLogger(WayBack.class);

    /** How long a silent host is waited for where nothing depends on its answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /**
     * How long both hosts must go on saying that they do not have it when nobody knows how the copying ended. A guest has
     * nowhere else to come from: the target's domain is made before the source's can go. Only a hypervisor that is still
     * reading what it had running may be wrong for a moment.
     */
    private static final Duration NOWHERE = Duration.ofSeconds(30);

    private final HostAgents agents;
    private final MigrationRows rows;
    private final InstantSource clock;

    WayBack(HostAgents agents, MigrationRows rows, InstantSource clock) {
        this.agents = agents;
        this.rows = rows;
        this.clock = clock;
    }

    /** On to CANCELLING: somebody wants it no more, or it cannot go on. */
    StepResult<MigrateVm> turn(TaskContext<MigrateVm> context, MigrateVm payload) {
        MigrateVm.Failure failure = payload.failure();
        return new StepResult.Advance<>(
                MigrationPhase.CANCELLING.name(),
                payload.patientUntil(null),
                failure == null || context.cancelRequested() ? "Cancelled." : failure.code() + ": " + failure.detail(),
                TransactionalEffects.NONE);
    }

    StepResult<MigrateVm> unknown(MigrateVm payload, String detail) {
        return new StepResult.Advance<>(
                MigrationPhase.OUTCOME_UNKNOWN.name(), payload.patientUntil(null), detail, TransactionalEffects.NONE);
    }

    /** CANCELLING: the copying is asked to stop and may still win. */
    StepResult<MigrateVm> cancel(TaskContext<MigrateVm> context) {
        MigrateVm payload = context.payload();
        Optional<AgentOutcome> copying = payload.copyOperationId() == null ? Optional.empty() : copyingOf(payload);
        if (copying.isPresent() && copying.get() instanceof AgentOutcome.Running) {
            copying = Optional.of(
                    AgentOutcome.of(() -> agents.cancelOperation(payload.sourceHostId(), copyOperation(payload))));
        }
        if (copying.isEmpty()) {
            // It never began, and cannot any more once the target has closed.
            return stayAtSource(context, payload);
        }
        return switch (copying.get()) {
            case AgentOutcome.Running running -> new StepResult.Wait<>(payload, MigrationHandler.RUNNING);
            case AgentOutcome.Succeeded succeeded -> switched(context, payload, succeeded.operation());
            case AgentOutcome.Failed failed -> stayAtSource(context, payload);
            case AgentOutcome.Unknown unknown -> unknown(payload, unknown.detail());
            case AgentOutcome.NoAnswer silence -> unknown(payload, silence.detail());
        };
    }

    /** The copying has ended without a switch: true only when the guest is where it was. */
    StepResult<MigrateVm> copyingFailed(TaskContext<MigrateVm> context, MigrateVm payload, AgentOutcome.Failed failed) {
        return stayAtSource(context, payload.failedWith(failureOf(failed)));
    }

    /** Cancelled by somebody else, at the hypervisor: to the person who asked for it, it has failed. */
    private static MigrateVm.Failure failureOf(AgentOutcome.Failed failed) {
        return new MigrateVm.Failure(failed.cancelled() ? ErrorCode.MIGRATION_FAILED : failed.code(), failed.detail());
    }

    /** OUTCOME_UNKNOWN: asks the source's journal, then both hypervisors; stays until they leave no doubt. */
    StepResult<MigrateVm> resolve(TaskContext<MigrateVm> context) {
        MigrateVm payload = context.payload();
        boolean ended = false;
        Optional<AgentOutcome> copying = copyingOf(payload);
        if (copying.isPresent()) {
            switch (copying.get()) {
                case AgentOutcome.Running running -> {
                    return new StepResult.Advance<>(
                            MigrationPhase.COPYING.name(),
                            payload,
                            "The source answers: it still copies.",
                            TransactionalEffects.NONE);
                }
                case AgentOutcome.Succeeded succeeded -> {
                    return switched(context, payload, succeeded.operation());
                }
                case AgentOutcome.Failed failed -> {
                    ended = true;
                    payload = payload.failure() == null ? payload.failedWith(failureOf(failed)) : payload;
                }
                case AgentOutcome.Unknown unknown -> LOG.debug("{}: {}", context.taskId(), unknown.detail());
                case AgentOutcome.NoAnswer silence -> {
                    return new StepResult.Wait<>(payload.patientUntil(null), MigrationHandler.NO_ANSWER);
                }
            }
        }
        Whereabouts whereabouts = whereabouts(context, payload);
        return switch (whereabouts.verdict()) {
            case AT_TARGET ->
                switchedTo(
                        context, payload, !(whereabouts.source() instanceof DomainAnswer.Absent), "Both hosts say so.");
            case AT_SOURCE -> stayAtSource(context, payload);
            case NOWHERE ->
                ended || context.cancelRequested()
                        ? nowhere(context, payload)
                        : patient(payload, NOWHERE, () -> nowhere(context, context.payload()));
            case UNDECIDED -> new StepResult.Wait<>(payload.patientUntil(null), MigrationHandler.NO_ANSWER);
        };
    }

    private StepResult<MigrateVm> nowhere(TaskContext<MigrateVm> context, MigrateVm payload) {
        return afterRelease(
                context,
                payload.failedWith(
                        new MigrateVm.Failure(ErrorCode.MIGRATION_FAILED, "The VM ended while it was being moved.")),
                false);
    }

    /** The source saw the end of the copying. */
    StepResult<MigrateVm> switched(TaskContext<MigrateVm> context, MigrateVm payload, AgentOperation copying) {
        AgentOperation.Migration result = copying.migration();
        if (result != null) {
            context.reportProgress(MigrationProgress.end(result));
        }
        return switchedTo(context, payload, false, "The source has seen the end of the copying.");
    }

    private StepResult<MigrateVm> switchedTo(
            TaskContext<MigrateVm> context, MigrateVm payload, boolean sourceMayHoldRest, String detail) {
        return new StepResult.Advance<>(
                MigrationPhase.SWITCHED.name(),
                payload.switched(sourceMayHoldRest),
                "The guest runs at the target. " + detail,
                () -> rows.switched(context.targetId(), payload));
    }

    /** Whether nothing is left at the source; takes a halted rest away, but only while the target runs the guest. */
    boolean sourceIsClean(TaskContext<MigrateVm> context) {
        MigrateVm payload = context.payload();
        Whereabouts whereabouts = whereabouts(context, payload);
        if (whereabouts.source() instanceof DomainAnswer.Absent) {
            return true;
        }
        if (whereabouts.verdict() != Whereabouts.Verdict.AT_TARGET) {
            LOG.warn(
                    "Task {} waits: source {}, target {}",
                    context.taskId(),
                    whereabouts.source(),
                    whereabouts.target());
            return false;
        }
        var outcome = AgentOutcome.of(() -> agents.ensureStopped(
                payload.sourceHostId(),
                MigrationHandler.call(context, context.operationId("rest")),
                context.targetId(),
                true));
        return outcome instanceof AgentOutcome.Succeeded;
    }

    AgentOutcome releaseTarget(TaskContext<MigrateVm> context) {
        return AgentOutcome.of(() -> agents.releaseMigrationTarget(
                context.payload().target(),
                MigrationHandler.call(context, context.operationId("release")),
                context.taskId(),
                context.targetId()));
    }

    /** How the copying stands; empty: the agent never began it. */
    Optional<AgentOutcome> copyingOf(MigrateVm payload) {
        return AgentOutcome.ofKnown(() -> agents.operation(payload.sourceHostId(), copyOperation(payload)));
    }

    /** Waits for a silent host for a while, then does the other. */
    StepResult<MigrateVm> patient(MigrateVm payload, Supplier<StepResult<MigrateVm>> afterwards) {
        return patient(payload, PATIENCE, afterwards);
    }

    private StepResult<MigrateVm> patient(
            MigrateVm payload, Duration patience, Supplier<StepResult<MigrateVm>> afterwards) {
        Instant until = payload.patienceUntil();
        if (until == null) {
            return new StepResult.Wait<>(
                    payload.patientUntil(clock.instant().plus(patience)), MigrationHandler.NO_ANSWER);
        }
        return clock.instant().isBefore(until)
                ? new StepResult.Wait<>(payload, MigrationHandler.NO_ANSWER)
                : afterwards.get();
    }

    /** It ends, and the guest is where it was. */
    StepResult<MigrateVm> stayed(TaskContext<MigrateVm> context, MigrateVm payload, ErrorCode code, String detail) {
        return new StepResult.Fail<>(payload, code, detail, () -> rows.stayed(context.targetId(), payload));
    }

    /** Looks at the source, cleans the target, looks again, and only then says that nothing has happened. */
    private StepResult<MigrateVm> stayAtSource(TaskContext<MigrateVm> context, MigrateVm payload) {
        boolean copyingMayHaveBegun = payload.copyOperationId() != null;
        if (copyingMayHaveBegun && !sourceHoldsGuest(context, payload)) {
            return doubtful(context, payload);
        }
        return afterRelease(context, payload, copyingMayHaveBegun);
    }

    private StepResult<MigrateVm> afterRelease(TaskContext<MigrateVm> context, MigrateVm payload, boolean lookAgain) {
        return switch (releaseTarget(context)) {
            case AgentOutcome.Running running -> new StepResult.Wait<>(payload, MigrationHandler.RUNNING);
            case AgentOutcome.Succeeded succeeded -> ended(context, payload, lookAgain, "");
            case AgentOutcome.Failed failed ->
                ended(context, payload, lookAgain, " The target could not be cleaned: " + failed.detail());
            case AgentOutcome.Unknown unknown -> new StepResult.Retry<>(ErrorCode.OUTCOME_UNKNOWN, unknown.detail());
            // A target that does not answer takes its preparation back by itself.
            case AgentOutcome.NoAnswer silence ->
                patient(
                        payload,
                        () -> ended(
                                context, payload, lookAgain, " The target does not answer and will clean itself up."));
        };
    }

    private StepResult<MigrateVm> ended(
            TaskContext<MigrateVm> context, MigrateVm payload, boolean lookAgain, String remark) {
        if (lookAgain && !sourceHoldsGuest(context, payload)) {
            return doubtful(context, payload);
        }
        MigrateVm.Failure failure = payload.failure();
        if (context.cancelRequested()) {
            return stayed(
                    context, payload, ErrorCode.MIGRATION_CANCELLED, "Cancelled; the VM stays where it was." + remark);
        }
        return failure == null
                ? stayed(
                        context,
                        payload,
                        ErrorCode.MIGRATION_FAILED,
                        "The copying did not come to its end; the VM stays where it was." + remark)
                : stayed(context, payload, failure.code(), failure.detail() + remark);
    }

    private static StepResult<MigrateVm> doubtful(TaskContext<MigrateVm> context, MigrateVm payload) {
        return MigrationPhase.valueOf(context.phase()) == MigrationPhase.OUTCOME_UNKNOWN
                ? new StepResult.Wait<>(payload.patientUntil(null), MigrationHandler.NO_ANSWER)
                : new StepResult.Advance<>(
                        MigrationPhase.OUTCOME_UNKNOWN.name(),
                        payload.patientUntil(null),
                        "The copying has ended, but the source does not run the guest.",
                        TransactionalEffects.NONE);
    }

    private boolean sourceHoldsGuest(TaskContext<MigrateVm> context, MigrateVm payload) {
        DomainAnswer source = DomainAnswer.ask(agents, payload.sourceHostId(), context.targetId());
        return source.holdsGuest() && source instanceof DomainAnswer.Present present && !present.inPostCopy();
    }

    private Whereabouts whereabouts(TaskContext<MigrateVm> context, MigrateVm payload) {
        UUID vmId = context.targetId();
        return Whereabouts.ask(agents, payload.sourceHostId(), payload.target(), vmId);
    }

    private static String copyOperation(MigrateVm payload) {
        String operationId = payload.copyOperationId();
        if (operationId == null) {
            throw new IllegalStateException("the copying was never asked to begin");
        }
        return operationId;
    }
}
