package dev.meseta.manager.tasks.internal;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Delivers signals. Those given inside a transaction are delivered after it has committed, by a thread of their own and
 * several at a time: the giver still holds a connection then, and would need a second. Tasks that this manager has in hand
 * are signalled in memory.
 */
final class Signals {

    private static final Logger log = LoggerFactory.getLogger(Signals.class);

    private final TransactionTemplate transactions;
    private final TaskStore store;
    private final ExecutionTable executions;
    private final HeldTasks heldTasks;
    private final Runnable checkNow;
    private final InstantSource clock;
    private final Object lock = new Object();
    private Map<UUID, Boolean> pending = new HashMap<>();
    private boolean underWay;

    Signals(
            TransactionTemplate transactions,
            TaskStore store,
            ExecutionTable executions,
            HeldTasks heldTasks,
            Runnable checkNow,
            InstantSource clock) {
        this.transactions = transactions;
        this.store = store;
        this.executions = executions;
        this.heldTasks = heldTasks;
        this.checkNow = checkNow;
        this.clock = clock;
    }

    /** @param urgent cuts a back-off short */
    void signal(UUID taskId, boolean urgent) {
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            if (!inHand(taskId, urgent)) {
                deliver(Map.of(taskId, urgent));
            }
            return;
        }
        afterCommit(() -> {
            if (!inHand(taskId, urgent)) {
                enqueue(taskId, urgent);
            }
        });
    }

    /** Whether that is enough. What is urgent also cuts back-offs short, and those are in the database. */
    private boolean inHand(UUID taskId, boolean urgent) {
        return heldTasks.signal(taskId) && !urgent;
    }

    /**
     * Runs something short after the present transaction has committed, at once when there is none. Also right when the
     * transaction is just being completed.
     */
    static void afterCommit(Runnable action) {
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            action.run();
            return;
        }
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCompletion(int status) {
                if (status != STATUS_ROLLED_BACK) {
                    action.run();
                }
            }
        });
    }

    private void enqueue(UUID taskId, boolean urgent) {
        synchronized (lock) {
            pending.merge(taskId, urgent, Boolean::logicalOr);
            if (underWay) {
                return;
            }
            underWay = true;
        }
        Thread.ofVirtual().name("task-signals").start(this::deliverPending);
    }

    private void deliverPending() {
        while (true) {
            Map<UUID, Boolean> batch;
            synchronized (lock) {
                if (pending.isEmpty()) {
                    underWay = false;
                    return;
                }
                batch = pending;
                pending = new HashMap<>();
            }
            try {
                deliver(batch);
            } catch (DataAccessException | TransactionException e) {
                log.warn("{} signals were lost; their tasks look again when their wait is over.", batch.size(), e);
            }
        }
    }

    private void deliver(Map<UUID, Boolean> signals) {
        transactions.executeWithoutResult(status -> {
            store.countSignals(signals.keySet());
            Set<UUID> urgent = signals.entrySet().stream()
                    .filter(Map.Entry::getValue)
                    .map(Map.Entry::getKey)
                    .collect(Collectors.toSet());
            executions.wake(signals.keySet(), false, clock.instant());
            if (!urgent.isEmpty()) {
                executions.wake(urgent, true, clock.instant());
            }
        });
        checkNow.run();
    }
}
