package dev.meseta.manager.migration.internal;

import dev.meseta.manager.agents.AgentCall;
import dev.meseta.manager.agents.AgentOperation;
import dev.meseta.manager.agents.AgentOutcome;
import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.agents.HostAgents.MigrationLimits;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.VmStatus;
import dev.meseta.manager.inventory.Vms;
import dev.meseta.manager.lifecycle.SeenEnds;
import dev.meseta.manager.lifecycle.VmSpecifications;
import dev.meseta.manager.migration.MigrationPolicy;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.StepResult.TransactionalEffects;
import dev.meseta.manager.tasks.TaskContext;
import dev.meseta.manager.tasks.TaskHandler;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * {@code vm.migrate}: the way forward. What happens when it is left is in {@link WayBack}. The id of the migration is
 * that of the task.
 */
@Component
class MigrationHandler implements TaskHandler<MigrateVm> {

    /** A running operation signals the task; this only bounds the damage of a lost signal. */
    static final Duration RUNNING = Duration.ofSeconds(5);
    /** How soon a host that gave no answer is asked again. */
    static final Duration NO_ANSWER = Duration.ofSeconds(2);
    /** Something unexpected keeps happening where giving up could cost the guest. */
    static final Duration STUCK = Duration.ofSeconds(30);

    private static final long MIB = 1024 * 1024;
    /** The target takes its preparation back by itself after this, and the time that slow copying takes. */
    private static final Duration SHORTEST_LEASE = Duration.ofMinutes(30);

    private static final long SLOW_MIB_PER_SECOND = 4;

    private final HostAgents agents;
    private final Vms vms;
    private final Hosts hosts;
    private final VmSpecifications specifications;
    private final MigrationTargets targets;
    private final MigrationRows rows;
    private final WayBack wayBack;
    private final SeenEnds ends;
    private final InstantSource clock;

    MigrationHandler(
            HostAgents agents,
            Vms vms,
            Hosts hosts,
            VmSpecifications specifications,
            MigrationTargets targets,
            MigrationRows rows,
            WayBack wayBack,
            SeenEnds ends,
            InstantSource clock) {
        this.agents = agents;
        this.vms = vms;
        this.hosts = hosts;
        this.specifications = specifications;
        this.targets = targets;
        this.rows = rows;
        this.wayBack = wayBack;
        this.ends = ends;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return "vm.migrate";
    }

    @Override
    public int schemaVersion() {
        return 1;
    }

    @Override
    public Class<MigrateVm> payloadType() {
        return MigrateVm.class;
    }

    @Override
    public Class<MigrationPhase> phases() {
        return MigrationPhase.class;
    }

    @Override
    public Optional<Duration> timeLimit(String phase) {
        return switch (MigrationPhase.valueOf(phase)) {
            case REQUESTED, PLACED, TARGET_PREPARED, SOURCE_CLEANED -> Optional.of(Duration.ofMinutes(10));
            case COPYING -> Optional.of(Duration.ofHours(24));
            // Where the guest is has to be found out, however long it takes.
            case SWITCHED, CANCELLING, OUTCOME_UNKNOWN, SUCCEEDED, FAILED -> Optional.empty();
        };
    }

    @Override
    public StepResult<MigrateVm> step(TaskContext<MigrateVm> context) {
        return switch (MigrationPhase.valueOf(context.phase())) {
            case REQUESTED -> place(context);
            case PLACED -> prepareTarget(context);
            case TARGET_PREPARED -> startCopying(context);
            case COPYING -> awaitCopying(context);
            case SWITCHED -> cleanSource(context);
            case SOURCE_CLEANED -> closeTunnel(context);
            case CANCELLING -> wayBack.cancel(context);
            case OUTCOME_UNKNOWN -> wayBack.resolve(context);
            case SUCCEEDED, FAILED -> throw new IllegalStateException(context.phase() + " has no step");
        };
    }

    private StepResult<MigrateVm> place(TaskContext<MigrateVm> context) {
        MigrateVm payload = context.payload();
        if (context.cancelRequested()) {
            return wayBack.stayed(context, payload, ErrorCode.MIGRATION_CANCELLED, "Cancelled before it began.");
        }
        Vm vm = vms.require(context.targetId());
        UUID source = payload.sourceHostId();
        if (vm.observed().status() != VmStatus.UP
                || !source.equals(vm.observed().hostId())) {
            return wayBack.stayed(
                    context,
                    payload,
                    ErrorCode.VM_NOT_RUNNING,
                    "The VM %s is %s now.".formatted(vm.name(), vm.observed().status()));
        }
        UUID target = targets.choose(vm, source, payload.wantedHostId());
        var targetHost = hosts.require(target);
        context.reportProgress(MigrationProgress.places(hosts.require(source), targetHost));
        return new StepResult.Advance<>(
                MigrationPhase.PLACED.name(),
                payload.placedOn(target),
                "It goes to %s.".formatted(targetHost.name()),
                () -> targets.reserve(vm, source, target, context.taskId()));
    }

    private StepResult<MigrateVm> prepareTarget(TaskContext<MigrateVm> context) {
        MigrateVm payload = context.payload();
        if (context.cancelRequested()) {
            return wayBack.turn(context, payload);
        }
        Vm vm = vms.require(context.targetId());
        var specification = specifications.of(vm);
        var outcome = AgentOutcome.of(() -> agents.prepareMigrationTarget(
                payload.target(),
                call(context, context.operationId()),
                context.taskId(),
                specification,
                payload.sourceHostId(),
                clock.instant().plus(lease(vm, payload.policy()))));
        return switch (outcome) {
            case AgentOutcome.Running running -> new StepResult.Wait<>(payload, RUNNING);
            case AgentOutcome.Succeeded succeeded -> prepared(context, succeeded.operation());
            case AgentOutcome.Failed failed ->
                wayBack.turn(context, payload.failedWith(new MigrateVm.Failure(failed.code(), failed.detail())));
            // Preparing again is harmless, under a new id.
            case AgentOutcome.Unknown unknown -> new StepResult.Retry<>(ErrorCode.OUTCOME_UNKNOWN, unknown.detail());
            // Nothing has begun that could be lost: a silent target is given up soon.
            case AgentOutcome.NoAnswer silence ->
                wayBack.patient(
                        payload,
                        () -> wayBack.turn(
                                context, payload.failedWith(new MigrateVm.Failure(silence.code(), silence.detail()))));
        };
    }

    private StepResult<MigrateVm> prepared(TaskContext<MigrateVm> context, AgentOperation operation) {
        AgentOperation.MigrationTarget target = operation.migrationTarget();
        if (target == null) {
            return wayBack.turn(
                    context,
                    context.payload()
                            .failedWith(new MigrateVm.Failure(
                                    ErrorCode.AGENT_ERROR, "The target's agent did not say where it listens.")));
        }
        return new StepResult.Advance<>(
                MigrationPhase.TARGET_PREPARED.name(),
                context.payload().preparedAt(new MigrateVm.Endpoint(target.migrationUri(), target.agentAddress())),
                "Disks, networks and the tunnel are ready at the target.",
                TransactionalEffects.NONE);
    }

    private StepResult<MigrateVm> startCopying(TaskContext<MigrateVm> context) {
        String operationId = context.operationId();
        MigrateVm payload = context.payload().copyingAs(operationId);
        if (context.cancelRequested()) {
            return wayBack.turn(context, payload);
        }
        MigrateVm.Endpoint endpoint = payload.endpoint();
        if (endpoint == null) {
            throw new IllegalStateException("the target was not prepared");
        }
        MigrationPolicy policy = payload.policy();
        var specification = specifications.of(vms.require(context.targetId()));
        var outcome = AgentOutcome.of(() -> agents.startMigration(
                payload.sourceHostId(),
                call(context, operationId),
                context.taskId(),
                specification,
                payload.target(),
                new AgentOperation.MigrationTarget(endpoint.migrationUri(), endpoint.agentAddress()),
                new MigrationLimits(
                        policy.maxDowntimeMs(),
                        policy.bandwidthMiBPerSecond() * MIB,
                        policy.autoConverge(),
                        policy.postCopyAllowed())));
        return switch (outcome) {
            case AgentOutcome.Running running -> copying(payload);
            case AgentOutcome.Succeeded succeeded -> copying(payload);
            case AgentOutcome.Failed failed -> wayBack.copyingFailed(context, payload, failed);
            case AgentOutcome.Unknown unknown -> wayBack.unknown(payload, unknown.detail());
            case AgentOutcome.NoAnswer silence -> wayBack.unknown(payload, silence.detail());
        };
    }

    private static StepResult<MigrateVm> copying(MigrateVm payload) {
        return new StepResult.Advance<>(
                MigrationPhase.COPYING.name(), payload, "The source copies memory.", TransactionalEffects.NONE);
    }

    private StepResult<MigrateVm> awaitCopying(TaskContext<MigrateVm> context) {
        MigrateVm payload = context.payload();
        if (context.cancelRequested()) {
            return wayBack.turn(context, payload);
        }
        Optional<AgentOutcome> known = wayBack.copyingOf(payload);
        if (known.isEmpty()) {
            return wayBack.unknown(payload, "The source's agent does not know the copying any more.");
        }
        return switch (known.get()) {
            case AgentOutcome.Running running -> new StepResult.Wait<>(payload, RUNNING);
            case AgentOutcome.Succeeded succeeded -> wayBack.switched(context, payload, succeeded.operation());
            case AgentOutcome.Failed failed -> wayBack.copyingFailed(context, payload, failed);
            case AgentOutcome.Unknown unknown -> wayBack.unknown(payload, unknown.detail());
            case AgentOutcome.NoAnswer silence -> wayBack.unknown(payload, silence.detail());
        };
    }

    /** The agent leaves nothing behind when it saw the end of the copying itself; else its rest is taken away here. */
    private StepResult<MigrateVm> cleanSource(TaskContext<MigrateVm> context) {
        MigrateVm payload = context.payload();
        if (payload.sourceMayHoldRest() && !wayBack.sourceIsClean(context)) {
            return new StepResult.Wait<>(payload, NO_ANSWER);
        }
        return new StepResult.Advance<>(
                MigrationPhase.SOURCE_CLEANED.name(),
                payload,
                "Nothing of it is left at the source.",
                TransactionalEffects.NONE);
    }

    private StepResult<MigrateVm> closeTunnel(TaskContext<MigrateVm> context) {
        MigrateVm payload = context.payload();
        return switch (wayBack.releaseTarget(context)) {
            case AgentOutcome.Running running -> new StepResult.Wait<>(payload, RUNNING);
            case AgentOutcome.Succeeded succeeded -> succeeded(context, "The VM runs at the target.");
            case AgentOutcome.Unknown unknown -> new StepResult.Retry<>(ErrorCode.OUTCOME_UNKNOWN, unknown.detail());
            // The guest has moved; the preparation ends by itself when its lease does.
            case AgentOutcome.Failed failed ->
                succeeded(
                        context, "The VM runs at the target, which still has to close the tunnel: " + failed.detail());
            case AgentOutcome.NoAnswer silence ->
                wayBack.patient(
                        payload,
                        () -> succeeded(
                                context,
                                "The VM has moved to the target, which does not answer now: " + silence.detail()));
        };
    }

    private StepResult<MigrateVm> succeeded(TaskContext<MigrateVm> context, String detail) {
        MigrateVm payload = context.payload();
        return ends.when(
                context,
                observed -> SeenEnds.isDown(observed) || payload.target().equals(observed.hostId()),
                payload.patienceUntil(),
                payload::patientUntil,
                () -> new StepResult.Succeed<>(payload, detail, () -> rows.done(context.targetId())));
    }

    /** Whatever went wrong: the guest may be on either host, so nothing ends without looking. */
    @Override
    public StepResult<MigrateVm> giveUp(TaskContext<MigrateVm> context, ErrorCode code, String detail) {
        MigrateVm payload = context.payload();
        return switch (MigrationPhase.valueOf(context.phase())) {
            case REQUESTED -> wayBack.stayed(context, payload, code, detail);
            case PLACED, COPYING -> wayBack.turn(context, payload.failedWith(new MigrateVm.Failure(code, detail)));
            case TARGET_PREPARED ->
                wayBack.turn(
                        context,
                        payload.copyingAs(context.operationId()).failedWith(new MigrateVm.Failure(code, detail)));
            case SWITCHED, CANCELLING, OUTCOME_UNKNOWN -> new StepResult.Wait<>(payload, STUCK);
            case SOURCE_CLEANED -> succeeded(context, "The VM runs at the target. " + detail);
            case SUCCEEDED, FAILED -> throw new IllegalStateException(context.phase() + " has no step");
        };
    }

    static AgentCall call(TaskContext<?> context, String operationId) {
        return new AgentCall(operationId, context.correlationId(), context.requestedBy(), Optional.empty());
    }

    private static Duration lease(Vm vm, MigrationPolicy policy) {
        long slowest = policy.bandwidthMiBPerSecond() == 0
                ? SLOW_MIB_PER_SECOND
                : Math.max(1, policy.bandwidthMiBPerSecond() / 2);
        return SHORTEST_LEASE.plusSeconds(vm.memoryBytes() / MIB / slowest);
    }
}
