package dev.meseta.agent.flows.datapath;

import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.flows.FlowCollector;
import dev.meseta.agent.flows.FlowFeed;
import dev.meseta.agent.flows.Flows;
import dev.meseta.agent.flows.Vnics;
import dev.meseta.agent.flows.datapath.binding.BpfException;
import dev.meseta.agent.flows.datapath.binding.DeviceNews;
import dev.meseta.agent.flows.datapath.binding.ErrorNumbers;
import dev.meseta.agent.flows.datapath.binding.TrafficHook;
import dev.meseta.agent.hypervisor.HostFacts;
import dev.meseta.agent.system.Commands;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Sees every packet at the taps of this host. One thread does it all: it waits for news of network devices, attaches to new
 * taps at once, and reads the counters every second.
 */
public final class DatapathFlows implements Flows {

    /**
     * How it is done.
     *
     * @param size how many flows have room in the kernel; 256 bytes each while they are there
     * @param readEvery how long records are in the making
     */
    public record Settings(int size, Duration readEvery, FlowCollector.Patience patience, FlowFeed.Bounds bounds) {

        public static final Settings DEFAULT =
                new Settings(131_072, Duration.ofSeconds(1), FlowCollector.Patience.DEFAULT, FlowFeed.Bounds.OF_HOST);
    }

    private static final System.Logger LOG = System.getLogger(DatapathFlows.class.getName());
    private static final Duration CLOSES_WITHIN = Duration.ofMillis(250);
    private static final Duration PATIENCE_WHEN_CLOSING = Duration.ofSeconds(5);
    /** Before everybody else's: a program that comes later may drop packets, and those were sent all the same. */
    private static final int PRIORITY = 1;

    private static final int HANDLE = 1;

    private final Datapath datapath;
    private final DeviceNews news;
    private final TapAttachments taps;
    private final FlowCollector collector;
    private final Duration readEvery;
    private final Thread thread;
    private volatile boolean closing;
    private String lastFailure = "";

    private DatapathFlows(Datapath datapath, DeviceNews news, Given given, Settings settings) {
        this.datapath = datapath;
        this.news = news;
        this.readEvery = settings.readEvery();
        Vnics vnics = new Vnics();
        this.taps = new TapAttachments(
                datapath, new TrafficHook(PRIORITY, HANDLE), given.hypervisor(), given.executor(), vnics);
        this.collector = new FlowCollector(
                new KernelFlowTable(datapath), vnics, given.clock(), settings.patience(), settings.bounds());
        this.thread = Thread.ofPlatform().name("flows").daemon().unstarted(this::run);
    }

    /** Begins to see; where that does not work, the condition says why and what to do. */
    public static Flows open(Given given, Settings settings, Commands commands) {
        if (given.folder().isEmpty()) {
            return none(given, "it is switched off in the agent's configuration (flows-folder)");
        }
        Path folder = given.folder().get();
        try {
            return begin(Datapath.open(folder, settings.size(), commands), given, settings);
        } catch (BpfException e) {
            return none(given, e.getMessage() + remedy(e));
        } catch (AgentException e) {
            return none(given, e.detail());
        } catch (UncheckedIOException | IllegalStateException e) {
            LOG.log(System.Logger.Level.WARNING, "The programs that see traffic cannot be had", e);
            return none(given, String.valueOf(e.getMessage()));
        }
    }

    private static Flows begin(Datapath datapath, Given given, Settings settings) {
        try {
            DeviceNews news = DeviceNews.open();
            try {
                DatapathFlows flows = new DatapathFlows(datapath, news, given, settings);
                flows.thread.start();
                return flows;
            } catch (BpfException e) {
                news.close();
                throw e;
            }
        } catch (BpfException e) {
            datapath.close();
            throw e;
        }
    }

    private static String remedy(BpfException e) {
        return e.code() == ErrorNumbers.LIBRARY_MISSING
                ? ""
                : "; the agent must be root and the kernel have eBPF for traffic control"
                        + " (CONFIG_BPF_SYSCALL, CONFIG_NET_CLS_BPF, CONFIG_NET_SCH_INGRESS)";
    }

    private static Flows none(Given given, String why) {
        String message = "The traffic of virtual machines on this host is not seen: " + why;
        LOG.log(System.Logger.Level.WARNING, message);
        return Flows.none(given.clock(), Optional.of(new HostFacts.Condition(NOT_SEEN, message)));
    }

    private void run() {
        long next = System.nanoTime();
        while (!closing) {
            try {
                // A look is cheap, and comes with every reading also when there was no news.
                taps.look();
                if (System.nanoTime() - next >= 0) {
                    next = Math.max(next + readEvery.toNanos(), System.nanoTime());
                    collector.round();
                }
                awaitNewsUntil(next);
                lastFailure = "";
            } catch (RuntimeException e) {
                // Whatever it is: an agent that stops looking would stay blind.
                if (!lastFailure.equals(e.toString())) {
                    lastFailure = e.toString();
                    LOG.log(System.Logger.Level.ERROR, "Traffic cannot be read; trying again", e);
                }
                LockSupport.parkNanos(CLOSES_WITHIN.toNanos());
            }
        }
    }

    private void awaitNewsUntil(long time) {
        boolean heard = false;
        long left = time - System.nanoTime();
        while (!closing && !heard && left > 0) {
            heard = news.await(min(CLOSES_WITHIN, Duration.ofNanos(left).plusMillis(1)));
            left = time - System.nanoTime();
        }
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    @Override
    public FlowFeed feed() {
        return collector.feed();
    }

    @Override
    public List<String> capabilities() {
        return List.of(CAPABILITY);
    }

    @Override
    public Optional<HostFacts.Condition> condition() {
        return taps.trouble()
                .map(why -> new HostFacts.Condition(
                        NOT_SEEN, "The traffic of a virtual machine on this host is not seen, at its tap " + why));
    }

    @Override
    public void close() {
        closing = true;
        try {
            if (thread.join(PATIENCE_WHEN_CLOSING)) {
                news.close();
                datapath.close();
            } else {
                LOG.log(System.Logger.Level.WARNING, "The reading of traffic does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
