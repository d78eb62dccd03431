package dev.meseta.manager.agents.internal;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** Threads of this module. Not beans themselves: an executor bean would take the place of the application's own. */
final class AgentThreads implements AutoCloseable {

    private final ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("agent-timers").factory());
    private final ExecutorService workers = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("agent-worker-", 0).factory());

    AgentThreads() {
        // Every event of a host puts off the time at which it counts as silent. What was put off must not lie about
        // until
        // it would have been due.
        timers.setRemoveOnCancelPolicy(true);
    }

    /** Fires timers only; whatever they start runs elsewhere. */
    ScheduledExecutorService timers() {
        return timers;
    }

    /** May block. */
    ExecutorService workers() {
        return workers;
    }

    @Override
    public void close() {
        timers.shutdownNow();
        workers.shutdown();
    }
}
