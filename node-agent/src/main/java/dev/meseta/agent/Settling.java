package dev.meseta.agent;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.hypervisor.DomainState;
import dev.meseta.agent.hypervisor.DomainStatus;
import dev.meseta.agent.hypervisor.Hypervisor;
import dev.meseta.agent.hypervisor.HypervisorException;
import dev.meseta.agent.operations.InterruptedOperations;
import dev.meseta.agent.operations.OperationRecord;
import dev.meseta.agent.operations.OperationResult;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Asks the host how operations went that the agent's death interrupted. */
final class Settling implements InterruptedOperations {

    private static final Duration ASK_AGAIN = Duration.ofMillis(250);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Hypervisor hypervisor;
    private final ScheduledExecutorService scheduler;

    Settling(Hypervisor hypervisor, ScheduledExecutorService scheduler) {
        this.hypervisor = hypervisor;
        this.scheduler = scheduler;
    }

    @Override
    public OperationResult settle(OperationRecord interrupted) {
        try {
            return switch (interrupted.kind()) {
                case DOMAIN_ENSURE_RUNNING -> running(interrupted);
                case DOMAIN_ENSURE_STOPPED -> stopped(interrupted);
                case MIGRATION_START -> migrated(interrupted);
                default -> throw unknown(interrupted);
            };
        } catch (HypervisorException e) {
            // Nobody to ask is no answer.
            throw new AgentException(AgentErrorCode.OUTCOME_UNKNOWN, "The hypervisor cannot be asked", e);
        }
    }

    private OperationResult running(OperationRecord interrupted) {
        boolean runs = hypervisor
                .domain(vmOf(interrupted))
                .filter(status -> status.state() == DomainState.RUNNING && !status.external())
                .isPresent();
        if (!runs) {
            // The hypervisor may still be at it: not here yet is not "never".
            throw unknown(interrupted);
        }
        return OperationResult.NONE;
    }

    private OperationResult stopped(OperationRecord interrupted) {
        if (hypervisor.domain(vmOf(interrupted)).isPresent()) {
            throw unknown(interrupted);
        }
        return OperationResult.NONE;
    }

    /**
     * The tunnel died with the agent, so the hypervisor gives the migration up soon, unless it was past the point of no
     * return. A domain that has left may run at the target or nowhere: only the target can tell.
     */
    private OperationResult migrated(OperationRecord interrupted) {
        UUID vmId = vmOf(interrupted);
        awaitEndOfMigration(vmId);
        Optional<DomainStatus> here = hypervisor.domain(vmId);
        if (here.isPresent() && here.get().state() == DomainState.RUNNING && !migrating(vmId)) {
            throw new AgentException(
                    AgentErrorCode.MIGRATION_FAILED, "The agent was restarted during the migration; the VM runs here");
        }
        throw unknown(interrupted);
    }

    private void awaitEndOfMigration(UUID vmId) {
        CountDownLatch over = new CountDownLatch(1);
        ScheduledFuture<?> asking = scheduler.scheduleWithFixedDelay(
                () -> {
                    if (!migrating(vmId)) {
                        over.countDown();
                    }
                },
                0,
                ASK_AGAIN.toMillis(),
                TimeUnit.MILLISECONDS);
        try {
            if (!over.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                System.getLogger(Settling.class.getName())
                        .log(System.Logger.Level.WARNING, "The migration of {0} does not end", vmId);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            asking.cancel(false);
        }
    }

    private boolean migrating(UUID vmId) {
        return hypervisor.migrationProgress(vmId).isPresent();
    }

    private static UUID vmOf(OperationRecord interrupted) {
        return UUID.fromString(interrupted.targetId());
    }

    private static AgentException unknown(OperationRecord interrupted) {
        return new AgentException(
                AgentErrorCode.OUTCOME_UNKNOWN,
                "The agent was restarted while it did " + interrupted.kind().wireName()
                        + " and cannot tell how that ended");
    }
}
