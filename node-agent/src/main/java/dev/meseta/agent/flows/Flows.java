package dev.meseta.agent.flows;

import dev.meseta.agent.hypervisor.HostFacts;
import dev.meseta.agent.hypervisor.Hypervisor;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/** What sees the traffic of a host's virtual machines. */
public interface Flows extends AutoCloseable {

    /** The code of the condition of a host whose traffic is not seen. */
    String NOT_SEEN = "FLOWS_NOT_SEEN";

    /** The capability of a host whose traffic is seen at the taps. */
    String CAPABILITY = "flows.datapath";

    /** Where records are offered. */
    FlowFeed feed();

    /** Stable names of what this host can do. */
    List<String> capabilities();

    /** What an administrator should know; asked anew each time. */
    Optional<HostFacts.Condition> condition();

    /** Ends the reading; what counts packets goes on. */
    @Override
    void close();

    /** Begins to see. */
    @FunctionalInterface
    interface Opening {

        /** Never fails: where nothing can be seen, {@link #condition} says why. */
        Flows open(Given given);
    }

    /**
     * What it needs.
     *
     * @param folder in a BPF file system, for what outlives the agent; empty: the administrator wants nothing seen
     * @param executor for work that may block
     */
    record Given(
            Hypervisor hypervisor,
            Optional<Path> folder,
            InstantSource clock,
            Executor executor,
            ScheduledExecutorService scheduler) {}

    /** Nothing is seen. */
    static Flows none(InstantSource clock, Optional<HostFacts.Condition> condition) {
        FlowFeed silent = FlowFeed.silent(UUID.randomUUID().toString(), clock.instant());
        return new Flows() {
            @Override
            public FlowFeed feed() {
                return silent;
            }

            @Override
            public List<String> capabilities() {
                return List.of();
            }

            @Override
            public Optional<HostFacts.Condition> condition() {
                return condition;
            }

            @Override
            public void close() {
                // There is nothing to end.
            }
        };
    }
}
