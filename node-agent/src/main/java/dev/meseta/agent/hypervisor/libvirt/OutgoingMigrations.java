package dev.meseta.agent.hypervisor.libvirt;

import dev.meseta.agent.hypervisor.DomainReason;
import dev.meseta.agent.hypervisor.HypervisorException;
import dev.meseta.agent.hypervisor.HypervisorException.Code;
import dev.meseta.agent.hypervisor.MigrationChange;
import dev.meseta.agent.hypervisor.MigrationOutcome;
import dev.meseta.agent.hypervisor.MigrationRequest;
import dev.meseta.agent.hypervisor.MigrationStatistics;
import dev.meseta.agent.hypervisor.libvirt.binding.JobCompletedEvent;
import dev.meseta.agent.hypervisor.libvirt.binding.JobStatistics;
import dev.meseta.agent.hypervisor.libvirt.binding.LibvirtConnection;
import dev.meseta.agent.hypervisor.libvirt.binding.LibvirtDomain;
import dev.meseta.agent.hypervisor.libvirt.binding.LibvirtErrors;
import dev.meseta.agent.hypervisor.libvirt.binding.LibvirtException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Migrations away from this host, also those that an earlier agent process began. */
final class OutgoingMigrations {

    private static final System.Logger LOG = System.getLogger(OutgoingMigrations.class.getName());
    private static final long CANCEL_AGAIN_MILLISECONDS = 100;

    private final LibvirtSession session;
    private final DomainPlatform platform;
    private final ScheduledExecutorService worker;
    private final Map<UUID, OutgoingMigration> running = new ConcurrentHashMap<>();

    OutgoingMigrations(LibvirtSession session, DomainPlatform platform, ScheduledExecutorService worker) {
        this.session = session;
        this.platform = platform;
        this.worker = worker;
    }

    MigrationOutcome migrate(MigrationRequest request) {
        UUID vmId = request.definition().vmId();
        OutgoingMigration migration = new OutgoingMigration(request.postCopyAllowed());
        if (running.putIfAbsent(vmId, migration) != null) {
            throw new HypervisorException(Code.MIGRATION_FAILED, "a migration of " + vmId + " is under way");
        }
        FutureTask<MigrationOutcome> call = new FutureTask<>(() -> {
            try (LibvirtConnection connection = session.openSeparate()) {
                return new MigrationCall(connection, platform, request, migration).run();
            } finally {
                running.remove(vmId, migration);
            }
        });
        // A thread of its own: a virtual thread of the caller would hold its carrier for as long as the call takes.
        Thread unused = Thread.ofPlatform().name("migrate-" + vmId).daemon().start(call);
        try {
            return call.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HypervisorException failure) {
                throw failure;
            }
            throw new HypervisorException(Code.OUTCOME_UNKNOWN, "the migration failed in the agent", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException(Code.OUTCOME_UNKNOWN, "interrupted while the migration goes on", e);
        }
    }

    Optional<MigrationStatistics> progress(UUID vmId) {
        return session.ask(connection -> {
            try (LibvirtDomain domain = connection.domain(vmId)) {
                JobStatistics job = domain.jobStatistics();
                return isOutgoing(job)
                        ? Optional.of(MigrationNumbers.statistics(job.parameters(), isPostCopy(domain)))
                        : Optional.empty();
            } catch (LibvirtException e) {
                if (LibvirtFailures.isAbsence(e) || e.code() == LibvirtErrors.OPERATION_INVALID) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    void change(UUID vmId, MigrationChange change) {
        onMigrating(vmId, domain -> {
            change.maxDowntimeMs()
                    .ifPresent(milliseconds -> domain.setMaxDowntime(MigrationNumbers.maxDowntime(milliseconds)));
            change.bandwidthBytesPerSecond().ifPresent(limit -> domain.setMaxSpeed(MigrationNumbers.maxSpeed(limit)));
        });
    }

    void switchToPostCopy(UUID vmId) {
        OutgoingMigration migration = running.get(vmId);
        if (migration != null && !migration.postCopyAllowed()) {
            throw new HypervisorException(
                    Code.NOT_SUPPORTED, "post-copy was not allowed when this migration was started");
        }
        onMigrating(vmId, domain -> {
            domain.startPostCopy();
            if (migration != null) {
                migration.switchedToPostCopy();
            }
        });
    }

    void cancel(UUID vmId) {
        OutgoingMigration migration = running.get(vmId);
        if (migration == null) {
            onMigrating(vmId, LibvirtDomain::abortJob);
            return;
        }
        migration.requestCancel();
        if (!abort(vmId)) {
            cancelLater(vmId, migration);
        }
    }

    /** On the event loop's thread. */
    void onJobCompleted(JobCompletedEvent event) {
        OutgoingMigration migration = running.get(event.uuid());
        if (migration != null && event.statistics().number("operation") == JobStatistics.OPERATION_MIGRATION_OUT) {
            migration.statistics().complete(event.statistics());
        }
    }

    /** The call has been made, but libvirt has not come to the point yet where there is a job to abort. */
    private void cancelLater(UUID vmId, OutgoingMigration migration) {
        var unused = worker.schedule(
                () -> {
                    try {
                        if (running.get(vmId) == migration && !abort(vmId)) {
                            cancelLater(vmId, migration);
                        }
                    } catch (RuntimeException e) {
                        // The worker would keep it to itself.
                        LOG.log(System.Logger.Level.WARNING, "Migration of " + vmId + " is not cancelled", e);
                    }
                },
                CANCEL_AGAIN_MILLISECONDS,
                TimeUnit.MILLISECONDS);
    }

    /** False when there is nothing to abort. */
    private boolean abort(UUID vmId) {
        return session.ask(connection -> {
            try (LibvirtDomain domain = connection.domain(vmId)) {
                if (!isOutgoing(domain.jobStatistics())) {
                    return false;
                }
                refusePostCopy(domain);
                domain.abortJob();
                return true;
            } catch (LibvirtException e) {
                if (LibvirtFailures.isAbsence(e) || e.code() == LibvirtErrors.OPERATION_INVALID) {
                    return false;
                }
                throw e;
            }
        });
    }

    private void onMigrating(UUID vmId, Consumer<LibvirtDomain> change) {
        session.change(connection -> {
            try (LibvirtDomain domain = connection.domain(vmId)) {
                var unused = DomainReader.requireOurs(domain);
                try {
                    if (isOutgoing(domain.jobStatistics())) {
                        refusePostCopy(domain);
                        change.accept(domain);
                        return;
                    }
                } catch (LibvirtException e) {
                    if (e.code() != LibvirtErrors.OPERATION_INVALID) {
                        throw e;
                    }
                    throw notMigrating(vmId, e.getMessage());
                }
                throw notMigrating(vmId, "no such job");
            }
        });
    }

    private static HypervisorException notMigrating(UUID vmId, @Nullable String why) {
        return new HypervisorException(
                Code.MIGRATION_NOT_RUNNING, "domain " + vmId + " is not being migrated away: " + why);
    }

    private static void refusePostCopy(LibvirtDomain domain) {
        if (isPostCopy(domain)) {
            throw new HypervisorException(
                    Code.NOT_SUPPORTED, "the guest has left for the target already; this migration can only finish");
        }
    }

    private static boolean isOutgoing(JobStatistics job) {
        return job.type() != JobStatistics.NONE
                && job.parameters().number("operation") == JobStatistics.OPERATION_MIGRATION_OUT;
    }

    private static boolean isPostCopy(LibvirtDomain domain) {
        DomainReason reason = DomainReader.requireOurs(domain).reason();
        return reason == DomainReason.POST_COPY || reason == DomainReason.POST_COPY_FAILED;
    }
}
