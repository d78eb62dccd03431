package dev.meseta.agent;

import dev.meseta.agent.fleet.Fleet;
import dev.meseta.agent.fleet.FleetControl;
import dev.meseta.agent.fleet.FleetSettings;
import dev.meseta.agent.system.HostAndPort;
import dev.meseta.agent.tracing.CollectedTraces;
import dev.meseta.agent.tracing.Traces;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "fleet",
        mixinStandardHelpOptions = true,
        description = "Runs simulated hosts, each with its agent, until it is stopped.")
final class FleetCommand implements Callable<Integer> {

    /** Held, or the level would be forgotten with the logger. */
    private static final Logger OWN = Logger.getLogger(FleetCommand.class.getName());

    @Option(
            names = "--state-dir",
            required = true,
            paramLabel = "DIR",
            description = "Where the fleet keeps its state.")
    private Path stateDirectory = Path.of("");

    @Option(
            names = "--manager",
            required = true,
            paramLabel = "HOST:PORT,…",
            description = "Addresses for agents, of one or several managers.")
    private String managers = "";

    @Option(names = "--hosts", required = true, paramLabel = "N", description = "How many hosts.")
    private int hosts;

    @Option(names = "--network", paramLabel = "X", description = "Hosts have addresses 127.X.y.z: ${DEFAULT-VALUE}.")
    private int network = 100;

    @Option(
            names = "--storage-path",
            required = true,
            paramLabel = "DIR",
            description = "The path that hosts know their shared storage by.")
    private Path storagePath = Path.of("");

    @Option(names = "--storage", required = true, paramLabel = "DIR", description = "The same folder on this machine.")
    private Path storage = Path.of("");

    @Option(names = "--seed", paramLabel = "S", description = "Of everything left to chance: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(
            names = "--traces",
            paramLabel = "URL",
            defaultValue = "${env:OTEL_EXPORTER_OTLP_ENDPOINT}",
            description = "A collector that takes traces by OTLP over HTTP, like http://collector:4318.")
    private Optional<String> traces = Optional.empty();

    @Option(names = "--verbose", description = "Logs every operation of every host.")
    private boolean verbose;

    @Override
    public Integer call() {
        AgentLog.setUp(verbose ? Level.INFO : Level.WARNING);
        OWN.setLevel(Level.INFO);
        FleetSettings settings;
        Traces collected;
        try {
            settings = new FleetSettings(
                    stateDirectory.toAbsolutePath().normalize(),
                    HostAndPort.parseList(managers),
                    hosts,
                    network,
                    new FleetSettings.Storage(storagePath, storage.toAbsolutePath()),
                    seed);
            collected = traces.filter(url -> !url.isBlank())
                    .<Traces>map(url -> CollectedTraces.sentTo(url, "fleet-" + network))
                    .orElse(Traces.OFF);
        } catch (IllegalArgumentException e) {
            OWN.log(Level.SEVERE, e.getMessage());
            return 2;
        }
        // Nothing is closed: to a simulated host the end of this process is the end of its power.
        Fleet fleet = new Fleet(settings, InstantSource.system(), collected);
        try {
            fleet.startJoined();
            try (FleetControl control = FleetControl.open(fleet, settings.controlSocket())) {
                OWN.log(
                        Level.INFO,
                        "%d simulated hosts with seed %d are ready after %d ms: %s"
                                .formatted(
                                        hosts,
                                        seed,
                                        ManagementFactory.getRuntimeMXBean().getUptime(),
                                        control.socket()));
                new CountDownLatch(1).await();
            }
            return 0;
        } catch (UncheckedIOException e) {
            OWN.log(Level.SEVERE, "The fleet cannot run", e);
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }
}
