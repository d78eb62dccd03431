package dev.meseta.agent.hypervisor.simulated;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;

/** Which calls of one simulated host go wrong, and how. Faults queued for an operation come before the random ones. */
public final class FaultPlan {

    private final SplittableRandom random;
    private final Map<SimulatedOperation, Deque<Fault>> queued = new EnumMap<>(SimulatedOperation.class);
    private final Map<SimulatedOperation, List<Chance>> chances = new EnumMap<>(SimulatedOperation.class);
    private long leastLatencyMs;
    private long mostLatencyMs;
    private CountDownLatch hung = new CountDownLatch(1);
    private boolean closed;

    FaultPlan(SplittableRandom random) {
        this.random = random;
    }

    /** Disturbs the next call of that operation that has none queued before it. */
    public synchronized FaultPlan next(SimulatedOperation operation, Fault fault) {
        queued.computeIfAbsent(operation, key -> new ArrayDeque<>()).add(fault);
        return this;
    }

    /**
     * Disturbs every call of that operation with a probability, drawn from the fabric's seed.
     *
     * @param probability 0 to 1
     */
    public synchronized FaultPlan sometimes(SimulatedOperation operation, double probability, Fault fault) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("probability must be between 0 and 1, not " + probability);
        }
        chances.computeIfAbsent(operation, key -> new ArrayList<>()).add(new Chance(probability, fault));
        return this;
    }

    /**
     * From now on every call that changes something takes a time between these two, drawn from the fabric's seed, beside
     * what faults add.
     *
     * @param least not negative
     * @param most not less than {@code least}; zero for none
     */
    public synchronized FaultPlan latency(Duration least, Duration most) {
        if (least.isNegative() || most.compareTo(least) < 0) {
            throw new IllegalArgumentException(
                    "latency must be from a time to a longer one, not %s to %s".formatted(least, most));
        }
        leastLatencyMs = least.toMillis();
        mostLatencyMs = most.toMillis();
        return this;
    }

    /** Forgets all faults and releases what hangs; latency stays. */
    public synchronized void clear() {
        queued.clear();
        chances.clear();
        releaseHung();
    }

    /** Lets every call that hangs now go on. */
    public synchronized void releaseHung() {
        hung.countDown();
        if (!closed) {
            hung = new CountDownLatch(1);
        }
    }

    synchronized void close() {
        closed = true;
        clear();
    }

    synchronized CountDownLatch hung() {
        return hung;
    }

    synchronized Duration drawLatency() {
        return mostLatencyMs == 0
                ? Duration.ZERO
                : Duration.ofMillis(random.nextLong(leastLatencyMs, mostLatencyMs + 1));
    }

    synchronized Optional<Fault> draw(SimulatedOperation operation) {
        Deque<Fault> waiting = queued.get(operation);
        if (waiting != null && !waiting.isEmpty()) {
            return Optional.of(waiting.remove());
        }
        for (Chance chance : chances.getOrDefault(operation, List.of())) {
            if (random.nextDouble() < chance.probability()) {
                return Optional.of(chance.fault());
            }
        }
        return Optional.empty();
    }

    private record Chance(double probability, Fault fault) {}
}
