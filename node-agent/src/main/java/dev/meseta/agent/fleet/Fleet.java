package dev.meseta.agent.fleet;

import dev.meseta.agent.AgentThreads;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.hypervisor.simulated.SimulatedFabric;
import dev.meseta.agent.system.DurableFiles;
import dev.meseta.agent.system.ProcessCommands;
import dev.meseta.agent.tracing.Traces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Simulated hosts that reach each other, with their agents. */
public final class Fleet implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Fleet.class.getName());
    /** Starting an agent is mostly reading keys: more at once than processors only costs memory. */
    private static final int STARTED_AT_ONCE = 8;

    private final SimulatedFabric fabric;
    private final Map<String, FleetHost> hosts = new LinkedHashMap<>();

    /** Makes the hosts; nothing serves yet. */
    public Fleet(FleetSettings settings, InstantSource clock) {
        this(settings, clock, Traces.OFF);
    }

    /** As above, with all hosts telling of their operations. */
    public Fleet(FleetSettings settings, InstantSource clock, Traces traces) {
        DurableFiles.createPrivateDirectory(settings.runDirectory());
        FleetMachine machine = new FleetMachine(
                AgentThreads.shared(),
                new ProcessCommands(),
                settings.storage()::onThisMachine,
                settings.runDirectory().resolve("hypervisor.sock"),
                traces);
        fabric = SimulatedFabric.paced(settings.seed() + earlierStarts(settings.startsFile()), 1.0);
        for (int number = 1; number <= settings.hosts(); number++) {
            FleetHost host = new FleetHost(settings, number, fabric, machine, clock);
            hosts.put(host.name(), host);
        }
    }

    /** Hosts that start again have other boot ids; with the same seed from an empty folder everything is the same. */
    private static long earlierStarts(Path file) {
        try {
            long earlier =
                    Files.exists(file) ? Long.parseLong(Files.readString(file).strip()) : 0;
            DurableFiles.replace(file, Long.toString(earlier + 1));
            return earlier;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }

    /** Starts the agent of every host that has joined; those that cannot be started are logged and left. */
    public void startJoined() {
        try (ExecutorService starters = Executors.newFixedThreadPool(STARTED_AT_ONCE)) {
            for (FleetHost host : hosts.values()) {
                if (host.joined()) {
                    Future<?> unused = starters.submit(() -> start(host));
                }
            }
        }
    }

    private static void start(FleetHost host) {
        try {
            host.startAgent();
        } catch (AgentException | UncheckedIOException | IllegalStateException e) {
            LOG.log(System.Logger.Level.ERROR, "The agent of " + host.name() + " does not start", e);
        }
    }

    SimulatedFabric fabric() {
        return fabric;
    }

    List<FleetHost> hosts() {
        return List.copyOf(hosts.values());
    }

    /**
     * The host of that name, or all for {@code *}.
     *
     * @throws IllegalArgumentException when there is none
     */
    List<FleetHost> named(String name) {
        if (name.equals("*")) {
            return hosts();
        }
        FleetHost host = hosts.get(name);
        if (host == null) {
            throw new IllegalArgumentException("there is no host " + name);
        }
        return List.of(host);
    }

    /** Ends every agent; nobody is told. */
    @Override
    public void close() {
        hosts.values().forEach(FleetHost::killAgent);
        fabric.close();
    }
}
