package dev.meseta.agent.hypervisor.simulated;

import dev.meseta.agent.hypervisor.Capability;
import dev.meseta.agent.hypervisor.ConsoleKind;
import dev.meseta.agent.hypervisor.DomainDefinition;
import dev.meseta.agent.hypervisor.DomainEventDispatcher;
import dev.meseta.agent.hypervisor.DomainListener;
import dev.meseta.agent.hypervisor.DomainReason;
import dev.meseta.agent.hypervisor.DomainState;
import dev.meseta.agent.hypervisor.DomainStatus;
import dev.meseta.agent.hypervisor.HostFacts;
import dev.meseta.agent.hypervisor.Hypervisor;
import dev.meseta.agent.hypervisor.HypervisorException;
import dev.meseta.agent.hypervisor.HypervisorException.Code;
import dev.meseta.agent.hypervisor.MigrationChange;
import dev.meseta.agent.hypervisor.MigrationOutcome;
import dev.meseta.agent.hypervisor.MigrationRequest;
import dev.meseta.agent.hypervisor.MigrationStatistics;
import dev.meseta.agent.hypervisor.Subscription;
import dev.meseta.agent.hypervisor.Vnic;
import java.net.URI;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/** One simulated host of a {@link SimulatedFabric}. Its calls take no virtual time, apart from migrations and faults. */
public final class SimulatedHypervisor implements Hypervisor {

    private static final long MEBIBYTE = 1L << 20;
    private static final Duration SHUTDOWN_TIME = Duration.ofSeconds(2);

    private final SimulatedFabric fabric;
    private final SimulatedHost host;
    private final SplittableRandom random;
    private final FaultPlan faults;
    private final FaultGate gate;
    private final DomainEventDispatcher events;
    private final SimulatedDomains domains;
    private UUID bootId;
    private boolean up = true;
    private OptionalLong dirtyBytesPerSecond = OptionalLong.empty();

    SimulatedHypervisor(SimulatedFabric fabric, SimulatedHost host, SplittableRandom random) {
        this.fabric = fabric;
        this.host = host;
        this.random = random;
        this.faults = new FaultPlan(random.split());
        this.gate = new FaultGate(faults, fabric.clock());
        // Virtual threads: a fleet has thousands of hosts in one process.
        this.events = new DomainEventDispatcher(
                Thread.ofVirtual().name("simulated-events-" + host.hostname()).factory());
        this.domains = new SimulatedDomains(host, events, fabric.record());
        this.bootId = newBootId();
    }

    public SimulatedHost host() {
        return host;
    }

    /** What shall go wrong on this host. */
    public FaultPlan faults() {
        return faults;
    }

    @Override
    public HostFacts facts() {
        return gate.call(
                SimulatedOperation.FACTS,
                () -> whenUp(() -> new HostFacts(
                        host.hostname(),
                        bootId.toString(),
                        "simulated",
                        "simulated",
                        "simulated",
                        host.cpus(),
                        "simulated",
                        host.memoryBytes(),
                        HostFacts.Acceleration.KVM,
                        List.of())));
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }

    @Override
    public List<DomainStatus> domains() {
        return gate.call(SimulatedOperation.LIST, () -> whenUp(domains::statuses));
    }

    @Override
    public Optional<DomainStatus> domain(UUID vmId) {
        return gate.call(
                SimulatedOperation.LIST, () -> whenUp(() -> domains.find(vmId).map(SimulatedDomain::status)));
    }

    @Override
    public List<Vnic> vnics() {
        return gate.call(SimulatedOperation.LIST, () -> whenUp(this::residentVnics));
    }

    @Override
    public void start(DomainDefinition definition) {
        gate.run(
                SimulatedOperation.START,
                () -> whenUp(() -> {
                    domains.refuseIfHere(definition.vmId(), Code.DOMAIN_EXISTS);
                    domains.refuseIfTooLarge(definition, Code.DOMAIN_START_FAILED);
                    domains.put(newDomain(definition, false, DomainState.RUNNING, DomainReason.NONE));
                }));
    }

    @Override
    public void shutdown(UUID vmId) {
        gate.run(
                SimulatedOperation.SHUTDOWN,
                () -> whenUp(() -> {
                    SimulatedDomain domain = domains.active(vmId);
                    if (domain.behaviour.heedsPowerButton()) {
                        var unused = fabric.clock()
                                .schedule(
                                        domain.behaviour.shutdownTime(),
                                        () -> fabric.locked(() -> powerOffByItself(domain)));
                    }
                }));
    }

    @Override
    public void destroy(UUID vmId) {
        gate.run(
                SimulatedOperation.DESTROY,
                () -> whenUp(() -> {
                    domains.find(vmId).ifPresent(domain -> {
                        SimulatedDomains.refuseIfExternal(domain);
                        domains.end(domain, DomainReason.DESTROYED);
                    });
                }));
    }

    @Override
    public void reboot(UUID vmId, boolean forced) {
        gate.run(
                SimulatedOperation.REBOOT,
                () -> whenUp(() -> {
                    SimulatedDomain domain = domains.active(vmId);
                    fabric.record().reset(domain.definition.vmId(), host.hostname());
                }));
    }

    @Override
    public void suspend(UUID vmId) {
        gate.run(
                SimulatedOperation.SUSPEND,
                () -> whenUp(() -> domains.change(domains.active(vmId), DomainState.PAUSED, DomainReason.USER)));
    }

    @Override
    public void resume(UUID vmId) {
        gate.run(
                SimulatedOperation.RESUME,
                () -> whenUp(() -> domains.change(domains.active(vmId), DomainState.RUNNING, DomainReason.NONE)));
    }

    @Override
    public MigrationOutcome migrate(MigrationRequest request) {
        Optional<Fault> fault = gate.draw(SimulatedOperation.MIGRATE);
        OptionalInt breaksAtPercent = gate.before(SimulatedOperation.MIGRATE, fault);
        CompletableFuture<MigrationOutcome> result = whenUp(() -> beginMigration(request, breaksAtPercent));
        try {
            MigrationOutcome outcome = result.get();
            gate.after(SimulatedOperation.MIGRATE, fault);
            return outcome;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HypervisorException cause) {
                throw new HypervisorException(cause.code(), String.valueOf(cause.getMessage()), cause);
            }
            throw new HypervisorException(Code.HYPERVISOR_ERROR, "the simulation failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException(Code.OUTCOME_UNKNOWN, "interrupted while the migration goes on", e);
        }
    }

    @Override
    public Optional<MigrationStatistics> migrationProgress(UUID vmId) {
        return whenUp(
                () -> domains.find(vmId).flatMap(SimulatedDomains::outgoing).map(SimulatedMigration::statistics));
    }

    @Override
    public void changeMigration(UUID vmId, MigrationChange change) {
        gate.run(
                SimulatedOperation.CHANGE_MIGRATION,
                () -> whenUp(() -> domains.outgoing(vmId).change(change)));
    }

    @Override
    public void switchToPostCopy(UUID vmId) {
        gate.run(
                SimulatedOperation.SWITCH_TO_POST_COPY,
                () -> whenUp(() -> domains.outgoing(vmId).switchToPostCopy()));
    }

    @Override
    public void cancelMigration(UUID vmId) {
        gate.run(
                SimulatedOperation.CANCEL_MIGRATION,
                () -> whenUp(() -> domains.outgoing(vmId).cancel()));
    }

    @Override
    public ByteChannel openConsole(UUID vmId, ConsoleKind kind) {
        return whenUp(() -> {
            SimulatedDomain domain = domains.active(vmId);
            if (kind != ConsoleKind.SERIAL) {
                throw new HypervisorException(Code.NOT_SUPPORTED, "a simulated guest has no screen");
            }
            return domain.openSerialPort();
        });
    }

    @Override
    public Subscription subscribe(DomainListener listener) {
        return events.subscribe(listener);
    }

    /** What really runs here, past every fault; nothing on a host without power. */
    public List<DomainStatus> truth() {
        return fabric.locked(domains::statuses);
    }

    /** Virtual network interfaces of guests that run here now, past every fault. */
    public List<Vnic> trueVnics() {
        return fabric.locked(this::residentVnics);
    }

    private List<Vnic> residentVnics() {
        return domains.all().stream()
                .filter(domain -> !domain.external)
                .flatMap(domain -> domain.definition.nics().stream()
                        .map(nic -> new Vnic(domain.definition.vmId(), nic.nicId(), nic.networkId(), nic.tap())))
                .toList();
    }

    public boolean isPoweredOn() {
        return fabric.locked(() -> up);
    }

    /** Every guest here, and every one to come, writes that fast to its memory; running migrations keep the old speed. */
    public void setDirtyRate(long bytesPerSecond) {
        fabric.locked(() -> {
            dirtyBytesPerSecond = OptionalLong.of(bytesPerSecond);
            domains.all().forEach(domain -> domain.behaviour = domain.behaviour.dirtying(bytesPerSecond));
        });
    }

    /** Changes how a guest behaves; a running migration keeps the old behaviour. */
    public void setBehaviour(UUID vmId, GuestBehaviour behaviour) {
        whenUp(() -> {
            domains.here(vmId).behaviour = behaviour;
        });
    }

    /** Puts a domain on the host that Meseta did not make. */
    public void startExternal(DomainDefinition definition) {
        whenUp(() -> {
            domains.refuseIfHere(definition.vmId(), Code.DOMAIN_EXISTS);
            domains.put(newDomain(definition, true, DomainState.RUNNING, DomainReason.NONE));
        });
    }

    /** The guest powers itself off. */
    public void powerOffByGuest(UUID vmId) {
        whenUp(() -> domains.end(domains.here(vmId), DomainReason.GUEST_SHUTDOWN));
    }

    /** The emulator of a domain dies. */
    public void crash(UUID vmId) {
        whenUp(() -> domains.end(domains.here(vmId), DomainReason.CRASHED));
    }

    /** The host loses power: its domains end and nobody here is told; every call fails until {@link #powerOn}. */
    public void powerOff() {
        fabric.locked(() -> {
            up = false;
            domains.loseAll();
        });
    }

    /** The host is back, with a new boot id and without domains; listeners hear that those it had are gone. */
    public void powerOn() {
        fabric.locked(() -> {
            if (!up) {
                up = true;
                bootId = newBootId();
                domains.announceLoss();
            }
        });
    }

    @Override
    public void close() {
        powerOff();
        faults.close();
        events.close();
        fabric.remove(this);
    }

    /** The domains of this host; to be used under the fabric's lock. */
    SimulatedDomains residents() {
        return domains;
    }

    private void powerOffByItself(SimulatedDomain domain) {
        if (up && domains.holds(domain) && domain.state == DomainState.RUNNING) {
            domains.end(domain, DomainReason.GUEST_SHUTDOWN);
        }
    }

    private CompletableFuture<MigrationOutcome> beginMigration(MigrationRequest request, OptionalInt breaksAtPercent) {
        SimulatedDomain leaving = domains.active(request.definition().vmId());
        if (leaving.migration != null) {
            throw new HypervisorException(Code.MIGRATION_FAILED, "a migration of this domain is under way");
        }
        SimulatedHypervisor target = fabric.hostAt(addressOf(request.migrationUri()))
                .filter(candidate -> candidate != this && candidate.up)
                .orElseThrow(() ->
                        new HypervisorException(Code.MIGRATION_FAILED, "nothing answers at " + request.migrationUri()));
        target.domains.refuseIfHere(request.definition().vmId(), Code.MIGRATION_FAILED);
        target.domains.refuseIfTooLarge(request.definition(), Code.MIGRATION_FAILED);
        SimulatedDomain arriving = new SimulatedDomain(
                request.definition(), false, leaving.behaviour, DomainState.INCOMING, DomainReason.MIGRATING);
        SimulatedMigration migration =
                new SimulatedMigration(fabric, this, target, leaving, arriving, request, breaksAtPercent);
        migration.begin();
        return migration.result();
    }

    private static String addressOf(String migrationUri) {
        String address = URI.create(migrationUri).getHost();
        if (address == null) {
            throw new HypervisorException(Code.MIGRATION_FAILED, "no address in migration URI " + migrationUri);
        }
        return address;
    }

    private SimulatedDomain newDomain(
            DomainDefinition definition, boolean external, DomainState state, DomainReason reason) {
        long workingSet = definition.memoryBytes() / random.nextInt(8, 65);
        GuestBehaviour behaviour =
                new GuestBehaviour(random.nextLong(1, 33) * MEBIBYTE, workingSet, SHUTDOWN_TIME, true);
        return new SimulatedDomain(
                definition,
                external,
                dirtyBytesPerSecond.isPresent() ? behaviour.dirtying(dirtyBytesPerSecond.getAsLong()) : behaviour,
                state,
                reason);
    }

    private UUID newBootId() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    private <T> T whenUp(Supplier<T> call) {
        return fabric.locked(() -> {
            if (!up) {
                throw new HypervisorException(Code.HYPERVISOR_UNAVAILABLE, host.hostname() + " is down");
            }
            return call.get();
        });
    }

    private void whenUp(Runnable call) {
        var unused = whenUp(() -> {
            call.run();
            return true;
        });
    }
}
