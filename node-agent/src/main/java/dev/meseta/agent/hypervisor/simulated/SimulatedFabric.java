package dev.meseta.agent.hypervisor.simulated;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Simulated hosts that reach each other, so that domains can move between them. One clock, one seed. */
public final class SimulatedFabric implements AutoCloseable {

    private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

    private final VirtualClock clock;
    private final long seed;
    private final @Nullable ClockPacer pacer;
    // One lock for all hosts: a migration changes two of them at once, and every change takes microseconds.
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, SimulatedHypervisor> hostsByAddress = new LinkedHashMap<>();
    private final RunRecord record = new RunRecord();

    /** A fabric whose time the caller moves. */
    public SimulatedFabric(VirtualClock clock, long seed) {
        this(clock, seed, null);
    }

    private SimulatedFabric(VirtualClock clock, long seed, @Nullable ClockPacer pacer) {
        this.clock = clock;
        this.seed = seed;
        this.pacer = pacer;
    }

    /**
     * A fabric whose time follows real time.
     *
     * @param speed virtual seconds in a real one
     */
    public static SimulatedFabric paced(long seed, double speed) {
        VirtualClock clock = new VirtualClock(EPOCH);
        return new SimulatedFabric(clock, seed, ClockPacer.start(clock, speed));
    }

    public VirtualClock clock() {
        return clock;
    }

    /**
     * Adds a host.
     *
     * @throws IllegalArgumentException when the migration address is taken
     */
    public SimulatedHypervisor addHost(SimulatedHost host) {
        SplittableRandom random = new SplittableRandom(seed ^ host.hostname().hashCode());
        return locked(() -> {
            if (hostsByAddress.containsKey(host.migrationAddress())) {
                throw new IllegalArgumentException("migration address is taken: " + host.migrationAddress());
            }
            SimulatedHypervisor hypervisor = new SimulatedHypervisor(this, host, random);
            hostsByAddress.put(host.migrationAddress(), hypervisor);
            return hypervisor;
        });
    }

    /** The hosts in the order they were added. */
    public List<SimulatedHypervisor> hosts() {
        return locked(() -> List.copyOf(hostsByAddress.values()));
    }

    /** Begins to record where guests run; those that run already count from now. */
    public void recordRuns() {
        locked(() -> {
            if (!record.isOn()) {
                record.begin();
                hostsByAddress.values().forEach(host -> host.residents().record());
            }
        });
    }

    /** Every run of a guest since {@link #recordRuns}. */
    public List<RunRecord.Run> runs() {
        return locked(record::runs);
    }

    /** Every reset of a guest since {@link #recordRuns}. */
    public List<RunRecord.Reset> resets() {
        return locked(record::resets);
    }

    /** To be used under the lock. */
    RunRecord record() {
        return record;
    }

    Optional<SimulatedHypervisor> hostAt(String migrationAddress) {
        return Optional.ofNullable(hostsByAddress.get(migrationAddress));
    }

    void remove(SimulatedHypervisor hypervisor) {
        locked(() -> {
            hostsByAddress.values().remove(hypervisor);
        });
    }

    <T> T locked(Supplier<T> change) {
        lock.lock();
        try {
            return change.get();
        } finally {
            lock.unlock();
        }
    }

    void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        hosts().forEach(SimulatedHypervisor::close);
        if (pacer != null) {
            pacer.close();
        }
    }
}
