package dev.meseta.agent;

import dev.meseta.agent.flows.Flows;
import dev.meseta.agent.flows.datapath.DatapathFlows;
import dev.meseta.agent.host.HostSampler;
import dev.meseta.agent.host.HostSampling;
import dev.meseta.agent.network.Networks;
import dev.meseta.agent.network.OverlayNetworks;
import dev.meseta.agent.operations.OperationJournal;
import dev.meseta.agent.storage.GuestMedia;
import dev.meseta.agent.storage.ToolMedia;
import dev.meseta.agent.system.Commands;
import dev.meseta.agent.tracing.Traces;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What of a host, beside its hypervisor, is not the same for an agent on a machine of its own and for one among thousands
 * in a process.
 *
 * @param mounts where a path of the host is for this process
 * @param keeping what is kept in memory and on the disk, and for how long
 * @param traces where operations are told of; not closed by the agent
 * @param flows begins to see the guests' traffic
 */
public record HostParts(
        GuestMedia media,
        UnaryOperator<Path> mounts,
        Networks networks,
        HostSampling sampling,
        Keeping keeping,
        AgentThreads threads,
        Traces traces,
        Flows.Opening flows) {

    /**
     * What is kept.
     *
     * @param operations how many ended operations, and how long
     * @param durability what the journal of operations survives
     * @param events how many events a watcher that was away can catch up on
     */
    public record Keeping(OperationJournal.Retention operations, OperationJournal.Durability durability, int events) {}

    private static final Keeping EVERYTHING =
            new Keeping(OperationJournal.Retention.DEFAULT, OperationJournal.Durability.DISK, 4_096);

    /** A machine's own. */
    static HostParts ofMachine(Commands commands, String migrationAddress, InstantSource clock, Traces traces) {
        return new HostParts(
                new ToolMedia(commands),
                UnaryOperator.identity(),
                new OverlayNetworks(commands, migrationAddress),
                new HostSampler(Path.of("/proc"), clock),
                EVERYTHING,
                AgentThreads.own(),
                traces,
                given -> DatapathFlows.open(given, DatapathFlows.Settings.DEFAULT, commands));
    }

    /** The same without a sight of traffic: simulated guests have none. */
    HostParts withoutFlows() {
        return new HostParts(
                media,
                mounts,
                networks,
                sampling,
                keeping,
                threads,
                traces,
                given -> Flows.none(given.clock(), Optional.empty()));
    }
}
