package dev.meseta.agent.testing;

import dev.meseta.agent.hypervisor.Capability;
import dev.meseta.agent.hypervisor.ConsoleKind;
import dev.meseta.agent.hypervisor.DomainDefinition;
import dev.meseta.agent.hypervisor.DomainEvent;
import dev.meseta.agent.hypervisor.DomainListener;
import dev.meseta.agent.hypervisor.DomainReason;
import dev.meseta.agent.hypervisor.DomainState;
import dev.meseta.agent.hypervisor.DomainStatus;
import dev.meseta.agent.hypervisor.HostFacts;
import dev.meseta.agent.hypervisor.Hypervisor;
import dev.meseta.agent.hypervisor.HypervisorException;
import dev.meseta.agent.hypervisor.MigrationChange;
import dev.meseta.agent.hypervisor.MigrationOutcome;
import dev.meseta.agent.hypervisor.MigrationRequest;
import dev.meseta.agent.hypervisor.MigrationStatistics;
import dev.meseta.agent.hypervisor.Subscription;
import dev.meseta.agent.hypervisor.Vnic;
import java.nio.channels.ByteChannel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Domains in a map; what a migration does is up to the test. */
public final class FakeHypervisor implements Hypervisor {

    private final Map<UUID, DomainStatus> domains = new ConcurrentHashMap<>();
    private final List<DomainListener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicInteger powerButtonPresses = new AtomicInteger();
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private volatile Migrator migrator = request -> new MigrationOutcome(1, 1, 1, 1, false);
    private volatile int pressesUntilOff = 1;
    private volatile List<Vnic> vnics = List.of();

    /** Stands for the copying of memory. */
    @FunctionalInterface
    public interface Migrator {
        MigrationOutcome migrate(MigrationRequest request) throws Exception;
    }

    public void onMigrate(Migrator what) {
        migrator = what;
    }

    /** How often the guest needs to be asked; 0: it never obeys. */
    public void obeysAfter(int presses) {
        pressesUntilOff = presses;
    }

    public int powerButtonPresses() {
        return powerButtonPresses.get();
    }

    /** Opens when somebody cancelled the migration. */
    public CountDownLatch cancelled() {
        return cancelled;
    }

    public void put(UUID vmId, DomainState state, boolean external) {
        domains.put(vmId, new DomainStatus(vmId, "vm", state, DomainReason.NONE, 1, 1 << 28, external));
    }

    public void remove(UUID vmId, DomainReason reason) {
        if (domains.remove(vmId) != null) {
            publish(new DomainStatus(vmId, "vm", DomainState.GONE, reason, 1, 1 << 28, false));
        }
    }

    private void publish(DomainStatus status) {
        listeners.forEach(listener -> listener.onEvent(new DomainEvent(status.vmId(), status)));
    }

    @Override
    public HostFacts facts() {
        return new HostFacts(
                "fake", "boot", "kernel", "fake", "fake", 1, "cpu", 1L << 30, HostFacts.Acceleration.TCG, List.of());
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.LIVE_MIGRATION);
    }

    @Override
    public List<DomainStatus> domains() {
        return List.copyOf(domains.values());
    }

    @Override
    public Optional<DomainStatus> domain(UUID vmId) {
        return Optional.ofNullable(domains.get(vmId));
    }

    @Override
    public List<Vnic> vnics() {
        return List.copyOf(vnics);
    }

    /** Domains have these from now on. */
    public void vnics(List<Vnic> present) {
        vnics = List.copyOf(present);
    }

    @Override
    public void start(DomainDefinition definition) {
        DomainStatus status = new DomainStatus(
                definition.vmId(),
                definition.name(),
                DomainState.RUNNING,
                DomainReason.USER,
                definition.vcpus(),
                definition.memoryBytes(),
                false);
        if (domains.putIfAbsent(definition.vmId(), status) != null) {
            throw new HypervisorException(HypervisorException.Code.DOMAIN_EXISTS, "exists");
        }
        publish(status);
    }

    @Override
    public void shutdown(UUID vmId) {
        if (powerButtonPresses.incrementAndGet() == pressesUntilOff) {
            remove(vmId, DomainReason.GUEST_SHUTDOWN);
        }
    }

    @Override
    public void destroy(UUID vmId) {
        remove(vmId, DomainReason.DESTROYED);
    }

    @Override
    public void reboot(UUID vmId, boolean forced) {
        require(vmId);
    }

    @Override
    public void suspend(UUID vmId) {
        require(vmId);
        put(vmId, DomainState.PAUSED, false);
    }

    @Override
    public void resume(UUID vmId) {
        require(vmId);
        put(vmId, DomainState.RUNNING, false);
    }

    @Override
    public MigrationOutcome migrate(MigrationRequest request) {
        try {
            MigrationOutcome outcome = migrator.migrate(request);
            remove(request.definition().vmId(), DomainReason.MIGRATED);
            return outcome;
        } catch (HypervisorException e) {
            throw e;
        } catch (Exception e) {
            throw new HypervisorException(
                    HypervisorException.Code.MIGRATION_FAILED, "the migration broke: " + e.getMessage(), e);
        }
    }

    @Override
    public Optional<MigrationStatistics> migrationProgress(UUID vmId) {
        return Optional.empty();
    }

    @Override
    public void changeMigration(UUID vmId, MigrationChange change) {
        require(vmId);
    }

    @Override
    public void switchToPostCopy(UUID vmId) {
        require(vmId);
    }

    @Override
    public void cancelMigration(UUID vmId) {
        cancelled.countDown();
    }

    @Override
    public ByteChannel openConsole(UUID vmId, ConsoleKind kind) {
        require(vmId);
        throw new HypervisorException(HypervisorException.Code.NOT_SUPPORTED, "no consoles here");
    }

    @Override
    public Subscription subscribe(DomainListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public void close() {
        listeners.clear();
    }

    private void require(UUID vmId) {
        if (!domains.containsKey(vmId)) {
            throw new HypervisorException(HypervisorException.Code.DOMAIN_NOT_FOUND, "no domain " + vmId);
        }
    }
}
