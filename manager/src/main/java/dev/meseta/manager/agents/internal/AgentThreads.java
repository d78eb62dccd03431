package dev.meseta.manager.agents.internal;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Threads of this module. Not beans themselves: an executor bean would take the place of the application's own. */
final class AgentThreads implements AutoCloseable {

    private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("agent-timers").factory());
    private final ExecutorService workers = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("agent-worker-", 0).factory());

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
