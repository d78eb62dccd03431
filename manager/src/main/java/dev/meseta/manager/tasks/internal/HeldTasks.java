package dev.meseta.manager.tasks.internal;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Tasks whose steps this manager is running or has just run. A signal for one of them is handed over in memory: writing it
 * into the task's row, waking the execution, polling for it and reading the task again costs more than most steps do.
 * Nothing depends on it; whoever is not held here is signalled through the database, and every wait has its end.
 */
final class HeldTasks {

    private static final int MOST_ENDED = 2_000;

    private final ConcurrentMap<UUID, Held> held = new ConcurrentHashMap<>();
    /** The last that ended here; what an agent tells of their operations comes a moment later. */
    private final Set<UUID> ended = Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Boolean> eldest) {
            return size() > MOST_ENDED;
        }
    }));

    /** From now on signals for the task come here; to be closed before its execution is let go of. */
    Held hold(UUID taskId) {
        Held mine = new Held(taskId);
        held.put(taskId, mine);
        return mine;
    }

    /** It needs no signals any more. */
    void ended(UUID taskId) {
        ended.add(taskId);
    }

    /** False: it is not held here, and may not have ended. */
    boolean signal(UUID taskId) {
        return ended.contains(taskId)
                || held.computeIfPresent(taskId, (id, task) -> {
                            task.signals.release();
                            return task;
                        })
                        != null;
    }

    /** One task in hand. */
    final class Held implements AutoCloseable {

        private final UUID taskId;
        private final Semaphore signals = new Semaphore(0);

        private Held(UUID taskId) {
            this.taskId = taskId;
        }

        /** What was signalled until now will be seen by the step that comes: it has not begun. */
        void forget() {
            signals.drainPermits();
        }

        /** Whether there has been a signal that is not forgotten; waits for one. */
        boolean signalledWithin(Duration atMost) {
            try {
                return signals.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        /** Whether there was a signal that nobody has waited for. Final once this is closed. */
        boolean isSignalled() {
            return signals.availablePermits() > 0;
        }

        @Override
        public void close() {
            held.remove(taskId, this);
        }
    }
}
