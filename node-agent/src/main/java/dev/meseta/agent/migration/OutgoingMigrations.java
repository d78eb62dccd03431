package dev.meseta.agent.migration;

import dev.meseta.agent.domain.DomainMapping;
import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.hypervisor.DomainState;
import dev.meseta.agent.hypervisor.DomainStatus;
import dev.meseta.agent.hypervisor.Hypervisor;
import dev.meseta.agent.hypervisor.HypervisorException;
import dev.meseta.agent.hypervisor.MigrationChange;
import dev.meseta.agent.hypervisor.MigrationOutcome;
import dev.meseta.agent.hypervisor.MigrationRequest;
import dev.meseta.agent.hypervisor.MigrationStatistics;
import dev.meseta.agent.migration.Tunnels.TunnelConnection;
import dev.meseta.agent.operations.OperationControl;
import dev.meseta.agent.operations.OperationResult;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** Sends domains away. */
public final class OutgoingMigrations {

    private static final System.Logger LOG = System.getLogger(OutgoingMigrations.class.getName());
    private static final long PROGRESS_PERIOD_MS = 1_000;
    private static final long CANCEL_RETRY_MS = 200;

    private final Hypervisor hypervisor;
    private final DomainMapping mapping;
    private final Tunnels tunnels;
    private final Path socketDirectory;
    private final Progress progress;
    private final Schedule schedule;

    /** Hears once a second how far a migration is; the last time with what was measured. */
    @FunctionalInterface
    public interface Progress {

        void report(String migrationId, UUID vmId, MigrationStatistics statistics);
    }

    /**
     * When things happen, and on which threads.
     *
     * @param executor for work that blocks
     */
    public record Schedule(InstantSource clock, ScheduledExecutorService scheduler, Executor executor) {}

    /** @param socketDirectory private to the agent; its path is short enough for UNIX sockets */
    public OutgoingMigrations(
            Hypervisor hypervisor,
            DomainMapping mapping,
            Tunnels tunnels,
            Path socketDirectory,
            Progress progress,
            Schedule schedule) {
        this.hypervisor = hypervisor;
        this.mapping = mapping;
        this.tunnels = tunnels;
        this.socketDirectory = socketDirectory;
        this.progress = progress;
        this.schedule = schedule;
    }

    /**
     * Moves a domain away; returns when it has left.
     *
     * @throws AgentException VM_NOT_RUNNING; DEADLINE_EXCEEDED when it took too long and the domain still runs here
     * @throws HypervisorException MIGRATION_CANCELLED, MIGRATION_FAILED, OUTCOME_UNKNOWN
     */
    public OperationResult.Migration run(MigrationOrder order, OperationControl control) {
        UUID vmId = order.specification().vmId();
        // First, so that its TLS handshake runs while everything else is looked up.
        try (TunnelConnection connection =
                        tunnels.connect(order.target().agentAddress(), order.targetHostId(), order.migrationId());
                TunnelServer tunnel = TunnelServer.open(socketDirectory, connection, schedule.executor())) {
            requireRunning(vmId);
            MigrationRequest request = new MigrationRequest(
                    mapping.define(order.specification()),
                    tunnel.path(),
                    order.target().migrationUri(),
                    true,
                    order.policy().maxDowntimeMs(),
                    order.policy().bandwidthBytesPerSecond(),
                    order.policy().autoConverge(),
                    order.policy().postCopyAllowed());
            control.stopIfCancelled();
            return migrate(order.migrationId(), vmId, request, control);
        }
    }

    /** New limits for the migration of a domain. */
    public void change(UUID vmId, MigrationChange change) {
        hypervisor.changeMigration(vmId, change);
    }

    /** No return after it. */
    public void switchToPostCopy(UUID vmId) {
        hypervisor.switchToPostCopy(vmId);
    }

    private OperationResult.Migration migrate(
            String migrationId, UUID vmId, MigrationRequest request, OperationControl control) {
        AtomicBoolean ended = new AtomicBoolean();
        AtomicBoolean late = new AtomicBoolean();
        AtomicReference<MigrationStatistics> last = new AtomicReference<>();
        control.onCancel(() -> cancel(vmId, ended));
        ScheduledFuture<?> reports = schedule.scheduler()
                .scheduleAtFixedRate(
                        () -> schedule.executor().execute(() -> report(migrationId, vmId, ended, last)),
                        PROGRESS_PERIOD_MS / 2,
                        PROGRESS_PERIOD_MS,
                        TimeUnit.MILLISECONDS);
        ScheduledFuture<?> limit = schedule.scheduler()
                .schedule(
                        () -> {
                            late.set(true);
                            cancel(vmId, ended);
                        },
                        millisecondsLeft(control),
                        TimeUnit.MILLISECONDS);
        try {
            MigrationOutcome outcome = hypervisor.migrate(request);
            ended.set(true);
            progress.report(migrationId, vmId, measured(outcome, last.get()));
            return new OperationResult.Migration(
                    outcome.totalMs(),
                    outcome.downtimeMs(),
                    outcome.transferredBytes(),
                    outcome.iterations(),
                    outcome.postCopy());
        } catch (HypervisorException e) {
            if (late.get() && e.code() == HypervisorException.Code.MIGRATION_CANCELLED) {
                throw new AgentException(
                        AgentErrorCode.DEADLINE_EXCEEDED,
                        "The migration was not done before its deadline; the VM still runs here",
                        e);
            }
            throw e;
        } finally {
            ended.set(true);
            reports.cancel(false);
            limit.cancel(false);
        }
    }

    private long millisecondsLeft(OperationControl control) {
        return control.deadline()
                .map(deadline -> Math.max(
                        0,
                        Duration.between(schedule.clock().instant(), deadline).toMillis()))
                .orElse(TimeUnit.DAYS.toMillis(30));
    }

    private void requireRunning(UUID vmId) {
        DomainStatus status = hypervisor
                .domain(vmId)
                .orElseThrow(() -> new AgentException(
                        AgentErrorCode.VM_NOT_RUNNING, "The VM " + vmId + " does not run on this host"));
        if (status.external()) {
            throw new AgentException(
                    AgentErrorCode.VM_NOT_RUNNING, "The domain " + vmId + " was not made by Meseta and is left alone");
        }
        if (status.state() != DomainState.RUNNING) {
            throw new AgentException(
                    AgentErrorCode.VM_NOT_RUNNING, "The VM " + vmId + " is " + status.state() + ", not running");
        }
    }

    /** Until the migration ends: between the order and the hypervisor's own start there is nothing to cancel yet. */
    private void cancel(UUID vmId, AtomicBoolean ended) {
        if (ended.get()) {
            return;
        }
        schedule.executor().execute(() -> {
            try {
                if (!ended.get()) {
                    hypervisor.cancelMigration(vmId);
                }
            } catch (HypervisorException e) {
                LOG.log(System.Logger.Level.DEBUG, "Cannot cancel yet: {0}", e.getMessage());
            }
        });
        var unused = schedule.scheduler().schedule(() -> cancel(vmId, ended), CANCEL_RETRY_MS, TimeUnit.MILLISECONDS);
    }

    private void report(String migrationId, UUID vmId, AtomicBoolean ended, AtomicReference<MigrationStatistics> last) {
        try {
            hypervisor.migrationProgress(vmId).ifPresent(statistics -> {
                last.set(statistics);
                if (!ended.get()) {
                    progress.report(migrationId, vmId, statistics);
                }
            });
        } catch (HypervisorException e) {
            LOG.log(System.Logger.Level.DEBUG, "No progress of {0}: {1}", vmId, e.getMessage());
        }
    }

    private static MigrationStatistics measured(
            MigrationOutcome outcome, @org.jspecify.annotations.Nullable MigrationStatistics last) {
        return new MigrationStatistics(
                outcome.totalMs(),
                last == null ? outcome.transferredBytes() : last.memoryTotalBytes(),
                outcome.transferredBytes(),
                0,
                last == null ? 0 : last.dirtyRateBytesPerSecond(),
                last == null ? 0 : last.bandwidthBytesPerSecond(),
                outcome.iterations(),
                outcome.downtimeMs(),
                outcome.postCopy(),
                last == null ? 0 : last.throttlePercent());
    }
}
