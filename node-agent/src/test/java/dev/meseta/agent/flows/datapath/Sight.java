package dev.meseta.agent.flows.datapath;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.meseta.agent.flows.FlowBatch;
import dev.meseta.agent.flows.FlowCollector;
import dev.meseta.agent.flows.FlowFeed;
import dev.meseta.agent.flows.FlowLosses;
import dev.meseta.agent.flows.FlowRecord;
import dev.meseta.agent.flows.Vnics;
import dev.meseta.agent.flows.datapath.binding.BpfException;
import dev.meseta.agent.flows.datapath.binding.ErrorNumbers;
import dev.meseta.agent.flows.datapath.binding.TrafficHook;
import dev.meseta.agent.system.ProcessCommands;
import dev.meseta.agent.testing.FakeHypervisor;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What an agent has for seeing, without its thread: one life of it, on a folder that may have had lives before. */
final class Sight implements AutoCloseable {

    private static final int NOT_PERMITTED = 1;
    private static final int NO_SUCH_CALL = 38;
    private static final FlowFeed.Bounds BOUNDS = new FlowFeed.Bounds(1_000_000, 1_000);

    private final Datapath datapath;
    private final TapAttachments taps;
    private final FlowCollector collector;
    private final KernelFlowTable table;
    private final FlowFeed.Watcher watcher;
    private final List<FlowLosses> losses = new ArrayList<>();
    private String token = "";

    Sight(Path folder, int size, FakeHypervisor hypervisor, FlowCollector.Patience patience, String resumeToken) {
        datapath = open(folder, size);
        Vnics vnics = new Vnics();
        taps = new TapAttachments(datapath, new TrafficHook(1, 1), hypervisor, Runnable::run, vnics);
        table = new KernelFlowTable(datapath);
        collector = new FlowCollector(table, vnics, InstantSource.system(), patience, BOUNDS);
        watcher = collector.feed().watch(resumeToken, () -> {});
        look();
    }

    private static Datapath open(Path folder, int size) {
        try {
            return Datapath.open(folder, size, new ProcessCommands());
        } catch (BpfException e) {
            if (e.code() == NOT_PERMITTED || e.code() == NO_SUCH_CALL || e.code() == ErrorNumbers.LIBRARY_MISSING) {
                return abort("eBPF does not work here: " + e.getMessage());
            }
            throw e;
        }
    }

    /** Attaches to new taps and finds out whose they are. */
    void look() {
        taps.look();
        taps.look();
    }

    Optional<String> trouble() {
        return taps.trouble();
    }

    Datapath datapath() {
        return datapath;
    }

    KernelFlowTable table() {
        return table;
    }

    /** Reads the counters and gives what is new. */
    List<FlowRecord> read() {
        look();
        collector.round();
        return poll();
    }

    /** What the feed has for a watcher that has taken everything until now. */
    List<FlowRecord> poll() {
        List<FlowRecord> records = new ArrayList<>();
        for (Optional<FlowBatch> batch = watcher.poll(); batch.isPresent(); batch = watcher.poll()) {
            records.addAll(batch.get().flows());
            losses.add(batch.get().losses());
            token = batch.get().resumeToken();
        }
        return records;
    }

    /** All since this life began. */
    FlowLosses losses() {
        return new FlowLosses(
                losses.stream().mapToLong(FlowLosses::packetsWithoutRoom).sum(),
                losses.stream().mapToLong(FlowLosses::packetsUnreadable).sum(),
                losses.stream().mapToLong(FlowLosses::recordsDropped).sum());
    }

    /** Of the last batch. */
    String token() {
        return token;
    }

    /** The agent's end: programs and maps stay. */
    @Override
    public void close() {
        datapath.close();
    }
}
