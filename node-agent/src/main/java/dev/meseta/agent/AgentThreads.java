package dev.meseta.agent;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** The threads an agent works on: its own, or those of a process that runs many agents. */
public final class AgentThreads {

    private final ExecutorService executor;
    private final ScheduledExecutorService scheduler;
    private final boolean shared;

    private AgentThreads(ExecutorService executor, ScheduledExecutorService scheduler, boolean shared) {
        this.executor = executor;
        this.scheduler = scheduler;
        this.shared = shared;
    }

    /** Threads of one agent, which end with it. */
    static AgentThreads own() {
        return new AgentThreads(
                Executors.newCachedThreadPool(
                        Thread.ofPlatform().name("agent-", 0).daemon().factory()),
                newScheduler(),
                false);
    }

    /** Threads for any number of agents; they end with the process. */
    public static AgentThreads shared() {
        return new AgentThreads(
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("agents-", 0).factory()),
                newScheduler(),
                true);
    }

    private static ScheduledExecutorService newScheduler() {
        ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("timers").daemon().factory());
        // A deadline of next week whose work is done must not stay in memory until then.
        timers.setRemoveOnCancelPolicy(true);
        return timers;
    }

    /** For work that may block. */
    public ExecutorService executor() {
        return executor;
    }

    /** For timers; what they start runs on the executor. */
    public ScheduledExecutorService scheduler() {
        return scheduler;
    }

    /** An agent has ended. */
    void release() {
        if (!shared) {
            scheduler.shutdownNow();
            executor.shutdown();
        }
    }
}
