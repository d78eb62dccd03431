package dev.meseta.agent.domain;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.hypervisor.DomainState;
import dev.meseta.agent.hypervisor.DomainStatus;
import dev.meseta.agent.hypervisor.Hypervisor;
import dev.meseta.agent.hypervisor.HypervisorException;
import dev.meseta.agent.operations.OperationControl;
import dev.meseta.agent.operations.OperationResult;
import dev.meseta.agent.storage.Seeds;
import dev.meseta.agent.system.KeyedLocks;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What can be done with a domain on this host. Domains that Meseta did not make are never touched. */
public final class DomainOperations {

    /** A guest that was just booting ignores the first button press. */
    private static final Duration PRESS_AGAIN = Duration.ofSeconds(5);

    private static final Duration DEFAULT_PATIENCE = Duration.ofMinutes(3);

    private final Hypervisor hypervisor;
    private final DomainMapping mapping;
    private final Seeds seeds;
    private final DomainEvents events;
    private final InstantSource clock;
    private final KeyedLocks<UUID> starting = new KeyedLocks<>();

    public DomainOperations(
            Hypervisor hypervisor, DomainMapping mapping, Seeds seeds, DomainEvents events, InstantSource clock) {
        this.hypervisor = hypervisor;
        this.mapping = mapping;
        this.seeds = seeds;
        this.events = events;
        this.clock = clock;
    }

    /** Every domain there is now. */
    public List<DomainStatus> list() {
        return hypervisor.domains();
    }

    /** @throws AgentException NOT_FOUND when it is not on this host */
    public DomainStatus get(UUID vmId) {
        return hypervisor
                .domain(vmId)
                .orElseThrow(() ->
                        new AgentException(AgentErrorCode.NOT_FOUND, "There is no domain " + vmId + " on this host"));
    }

    /** Starts the domain unless it is here already. */
    public OperationResult ensureRunning(DomainSpecification specification, OperationControl control) {
        return starting.with(specification.vmId(), () -> {
            Optional<DomainStatus> present = hypervisor.domain(specification.vmId());
            if (present.isPresent() && present.get().state() == DomainState.SHUTTING_DOWN) {
                awaitDeparture(specification.vmId(), control, () -> {});
                present = Optional.empty();
            }
            if (present.isPresent()) {
                refuseForeign(present.get());
                return OperationResult.NONE;
            }
            var definition = mapping.define(specification);
            specification.cloudInit().ifPresent(cloudInit -> seeds.write(specification.vmId(), cloudInit));
            control.stopIfCancelled();
            hypervisor.start(definition);
            return OperationResult.NONE;
        });
    }

    /** Ends the domain; a graceful end fails with GUEST_DID_NOT_STOP when the guest takes too long. */
    public OperationResult ensureStopped(UUID vmId, boolean forced, OperationControl control) {
        Optional<DomainStatus> present = hypervisor.domain(vmId);
        if (present.isEmpty()) {
            return OperationResult.NONE;
        }
        refuseForeign(present.get());
        if (forced) {
            hypervisor.destroy(vmId);
        } else {
            awaitDeparture(vmId, control, () -> pressPowerButton(vmId));
        }
        return OperationResult.NONE;
    }

    public OperationResult reboot(UUID vmId, boolean forced) {
        refuseForeign(running(vmId));
        hypervisor.reboot(vmId, forced);
        return OperationResult.NONE;
    }

    /** Stops the guest's processors or lets them run. */
    public OperationResult ensurePaused(UUID vmId, boolean paused) {
        DomainStatus status = running(vmId);
        refuseForeign(status);
        boolean isPaused = status.state() == DomainState.PAUSED;
        if (paused && !isPaused) {
            hypervisor.suspend(vmId);
        } else if (!paused && isPaused) {
            hypervisor.resume(vmId);
        }
        return OperationResult.NONE;
    }

    private DomainStatus running(UUID vmId) {
        return hypervisor
                .domain(vmId)
                .filter(status -> status.state() != DomainState.INCOMING)
                .orElseThrow(() -> new AgentException(
                        AgentErrorCode.VM_NOT_RUNNING, "The VM " + vmId + " does not run on this host"));
    }

    private static void refuseForeign(DomainStatus status) {
        if (status.external()) {
            throw new AgentException(
                    AgentErrorCode.DOMAIN_EXISTS,
                    "The domain " + status.vmId() + " was not made by Meseta and is left alone");
        }
        if (status.state() == DomainState.INCOMING) {
            throw new AgentException(
                    AgentErrorCode.DOMAIN_EXISTS, "A migration of " + status.vmId() + " is arriving on this host");
        }
    }

    private void pressPowerButton(UUID vmId) {
        try {
            hypervisor.shutdown(vmId);
        } catch (HypervisorException e) {
            // Gone or going between two looks: the departure is what we wait for.
            if (e.code() != HypervisorException.Code.DOMAIN_NOT_FOUND
                    && e.code() != HypervisorException.Code.DOMAIN_NOT_RUNNING) {
                throw e;
            }
        }
    }

    private void awaitDeparture(UUID vmId, OperationControl control, Runnable nudge) {
        Instant deadline = control.deadline().orElseGet(() -> clock.instant().plus(DEFAULT_PATIENCE));
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        control.onCancel(() -> cancelled.complete(null));
        try (DomainEvents.Departure departure = events.departureOf(vmId)) {
            CompletableFuture<?> either = CompletableFuture.anyOf(departure.event(), cancelled);
            // Asked again at every turn, for the event of a hypervisor that was restarted meanwhile never comes.
            while (hypervisor.domain(vmId).isPresent()) {
                control.stopIfCancelled();
                Duration left = Duration.between(clock.instant(), deadline);
                if (!left.isPositive()) {
                    throw new AgentException(
                            AgentErrorCode.GUEST_DID_NOT_STOP,
                            "The guest of " + vmId + " did not power off before " + deadline);
                }
                nudge.run();
                if (ended(either, left.compareTo(PRESS_AGAIN) < 0 ? left : PRESS_AGAIN)) {
                    control.stopIfCancelled();
                    return;
                }
            }
        }
    }

    private static boolean ended(CompletableFuture<?> future, Duration patience) {
        try {
            future.get(patience.toMillis() + 1, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AgentException(AgentErrorCode.OUTCOME_UNKNOWN, "The agent stops", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("A departure cannot fail", e);
        }
    }
}
