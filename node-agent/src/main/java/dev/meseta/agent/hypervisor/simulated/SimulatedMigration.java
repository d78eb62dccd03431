package dev.meseta.agent.hypervisor.simulated;

import dev.meseta.agent.hypervisor.DomainReason;
import dev.meseta.agent.hypervisor.DomainState;
import dev.meseta.agent.hypervisor.HypervisorException;
import dev.meseta.agent.hypervisor.HypervisorException.Code;
import dev.meseta.agent.hypervisor.MigrationChange;
import dev.meseta.agent.hypervisor.MigrationOutcome;
import dev.meseta.agent.hypervisor.MigrationRequest;
import dev.meseta.agent.hypervisor.MigrationStatistics;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/** One domain on its way from one simulated host to another. Everything but {@link #result} needs the fabric's lock. */
final class SimulatedMigration {

    private static final long LONGEST_STEP_MS = 100;

    private final SimulatedFabric fabric;
    private final SimulatedHypervisor source;
    private final SimulatedHypervisor target;
    private final SimulatedDomain leaving;
    private final SimulatedDomain arriving;
    private final DomainState stateAtStart;
    private final DomainReason reasonAtStart;
    private final boolean postCopyAllowed;
    private final OptionalInt breaksAtPercent;
    private final MemoryCopy copy;
    private final CompletableFuture<MigrationOutcome> result = new CompletableFuture<>();
    private boolean switching;

    SimulatedMigration(
            SimulatedFabric fabric,
            SimulatedHypervisor source,
            SimulatedHypervisor target,
            SimulatedDomain leaving,
            SimulatedDomain arriving,
            MigrationRequest request,
            OptionalInt breaksAtPercent) {
        this.fabric = fabric;
        this.source = source;
        this.target = target;
        this.leaving = leaving;
        this.arriving = arriving;
        this.stateAtStart = leaving.state;
        this.reasonAtStart = leaving.reason;
        this.postCopyAllowed = request.postCopyAllowed();
        this.breaksAtPercent = breaksAtPercent;
        this.copy = new MemoryCopy(
                leaving.definition.memoryBytes(),
                Math.min(source.host().linkBytesPerSecond(), target.host().linkBytesPerSecond()),
                request.bandwidthBytesPerSecond(),
                request.maxDowntimeMs(),
                request.autoConverge(),
                leaving.behaviour);
    }

    CompletableFuture<MigrationOutcome> result() {
        return result;
    }

    void begin() {
        leaving.migration = this;
        arriving.migration = this;
        target.residents().put(arriving);
        scheduleStep();
    }

    MigrationStatistics statistics() {
        return copy.statistics();
    }

    boolean isSource(SimulatedDomain domain) {
        return domain == leaving;
    }

    void change(MigrationChange change) {
        change.maxDowntimeMs().ifPresent(copy::setMaxDowntime);
        change.bandwidthBytesPerSecond().ifPresent(copy::setLimit);
    }

    void switchToPostCopy() {
        if (!postCopyAllowed) {
            throw new HypervisorException(
                    Code.NOT_SUPPORTED, "post-copy was not allowed when this migration was started");
        }
        if (copy.isPostCopy() || switching) {
            return;
        }
        copy.switchToPostCopy();
        source.residents().change(leaving, DomainState.PAUSED, DomainReason.POST_COPY);
        target.residents().change(arriving, stateAtStart, DomainReason.POST_COPY);
    }

    void cancel() {
        if (copy.isPostCopy() || switching) {
            throw new HypervisorException(
                    Code.NOT_SUPPORTED, "the guest has left for the target already; this migration can only finish");
        }
        endHere(Code.MIGRATION_CANCELLED, "migration was cancelled");
    }

    /** One of the two domains ended, or its host went away. */
    void lost(SimulatedDomain domain) {
        if (result.isDone()) {
            return;
        }
        if (domain == arriving && copy.isPostCopy()) {
            detach();
            source.residents().change(leaving, DomainState.PAUSED, DomainReason.POST_COPY_FAILED);
            result.completeExceptionally(new HypervisorException(
                    Code.OUTCOME_UNKNOWN, "the target was lost during post-copy; the guest's memory is incomplete"));
        } else if (domain == leaving && copy.isPostCopy()) {
            detach();
            target.residents().change(arriving, DomainState.PAUSED, DomainReason.POST_COPY_FAILED);
            result.completeExceptionally(new HypervisorException(
                    Code.OUTCOME_UNKNOWN, "the source was lost during post-copy; the guest's memory is incomplete"));
        } else if (domain == arriving) {
            detach();
            result.completeExceptionally(
                    new HypervisorException(Code.MIGRATION_FAILED, "the domain on the target ended"));
        } else {
            detach();
            target.residents().drop(arriving, DomainReason.DESTROYED);
            result.completeExceptionally(new HypervisorException(
                    Code.OUTCOME_UNKNOWN, "the domain on the source ended during the migration"));
        }
    }

    private void scheduleStep() {
        long milliseconds = copy.nextStepMs(LONGEST_STEP_MS);
        var unused =
                fabric.clock().schedule(Duration.ofMillis(milliseconds), () -> fabric.locked(() -> step(milliseconds)));
    }

    private void step(long milliseconds) {
        if (result.isDone()) {
            return;
        }
        boolean ready = copy.step(milliseconds);
        if (!copy.isPostCopy()
                && breaksAtPercent.isPresent()
                && copy.percentOfFirstPass() >= breaksAtPercent.getAsInt()) {
            endHere(Code.MIGRATION_FAILED, "the connection between the hosts broke");
        } else if (!ready) {
            scheduleStep();
        } else if (copy.isPostCopy()) {
            complete(stateAtStart, DomainReason.NONE);
        } else {
            switching = true;
            var unused = fabric.clock()
                    .schedule(Duration.ofMillis(copy.downtimeMs()), () -> fabric.locked(this::switchOver));
        }
    }

    private void switchOver() {
        if (!result.isDone()) {
            copy.finish();
            complete(stateAtStart, reasonAtStart);
        }
    }

    private void complete(DomainState state, DomainReason reason) {
        detach();
        source.residents().drop(leaving, DomainReason.MIGRATED);
        target.residents().change(arriving, state, reason);
        MigrationStatistics last = copy.statistics();
        result.complete(new MigrationOutcome(
                last.elapsedMs(), last.downtimeMs(), last.memoryTransferredBytes(), last.iteration(), last.postCopy()));
    }

    private void endHere(Code code, String message) {
        detach();
        target.residents().drop(arriving, DomainReason.DESTROYED);
        result.completeExceptionally(new HypervisorException(code, message));
    }

    private void detach() {
        leaving.migration = null;
        arriving.migration = null;
    }
}
