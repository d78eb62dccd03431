package dev.meseta.agent;

import dev.meseta.agent.hypervisor.Hypervisor;
import dev.meseta.agent.hypervisor.HypervisorException;
import dev.meseta.agent.hypervisor.libvirt.LibvirtHypervisor;
import dev.meseta.agent.hypervisor.libvirt.LibvirtSettings;
import dev.meseta.agent.hypervisor.simulated.SimulatedFabric;
import dev.meseta.agent.hypervisor.simulated.SimulatedHost;
import dev.meseta.agent.identity.IdentityFiles;
import dev.meseta.agent.system.Commands;
import dev.meseta.agent.system.DurableFiles;
import dev.meseta.agent.system.FileOwner;
import dev.meseta.agent.system.ProcessCommands;
import dev.meseta.agent.tracing.CollectedTraces;
import dev.meseta.agent.tracing.Traces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "run", mixinStandardHelpOptions = true, description = "Runs this host's agent until it is stopped.")
final class RunCommand implements Callable<Integer> {

    private static final System.Logger LOG = System.getLogger(RunCommand.class.getName());

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            description = "Where the agent keeps its state: ${DEFAULT-VALUE}.")
    private Path stateDirectory = Path.of("/var/lib/meseta-agent");

    @Option(names = "--config", paramLabel = "FILE", description = "Its settings, if not in the state directory.")
    private Optional<Path> configurationFile = Optional.empty();

    @Option(names = "--hypervisor", description = "One of ${COMPLETION-CANDIDATES}: ${DEFAULT-VALUE}.")
    private Driver driver = Driver.libvirt;

    @Option(
            names = "--traces",
            paramLabel = "URL",
            defaultValue = "${env:OTEL_EXPORTER_OTLP_ENDPOINT}",
            description = "A collector that takes traces by OTLP over HTTP, like http://collector:4318.")
    private Optional<String> traces = Optional.empty();

    /** Named as they are typed. */
    enum Driver {
        libvirt,
        simulated
    }

    @Override
    public Integer call() {
        AgentLog.setUp();
        try (FileChannel lock = lockState()) {
            LOG.log(System.Logger.Level.DEBUG, "The state directory is locked: {0}", lock.isOpen());
            AgentConfiguration configuration =
                    AgentConfiguration.read(configurationFile.orElse(AgentConfiguration.fileIn(stateDirectory)));
            if (!new IdentityFiles(stateDirectory).present()) {
                LOG.log(System.Logger.Level.ERROR, "This machine has not joined yet: meseta-agent join");
                return 2;
            }
            serve(configuration);
            return 0;
        } catch (IllegalArgumentException | IllegalStateException | UncheckedIOException e) {
            LOG.log(System.Logger.Level.ERROR, e.getMessage());
            return 2;
        } catch (HypervisorException e) {
            LOG.log(System.Logger.Level.ERROR, e.code() + ": " + e.getMessage());
            return 1;
        } catch (IOException e) {
            LOG.log(System.Logger.Level.ERROR, "Cannot release the lock of the state directory", e);
            return 1;
        }
    }

    private void serve(AgentConfiguration configuration) {
        Traces collected = traces.filter(url -> !url.isBlank())
                .<Traces>map(url ->
                        CollectedTraces.sentTo(url, configuration.advertise().toString()))
                .orElse(Traces.OFF);
        Commands commands = new ProcessCommands();
        InstantSource clock = InstantSource.system();
        HostParts parts = HostParts.ofMachine(commands, configuration.migrationAddress(), clock, collected);
        Agent agent = Agent.start(new Agent.Surroundings(
                stateDirectory,
                configuration,
                hypervisor(configuration),
                commands,
                driver == Driver.libvirt ? FileOwner.of(configuration.emulatorUser()) : FileOwner.unchanged(),
                clock,
                driver == Driver.libvirt ? parts : parts.withoutFlows()));
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            agent.close();
                            collected.close();
                            LOG.log(System.Logger.Level.INFO, "Stopped; domains run on");
                            stopped.countDown();
                        },
                        "stop"));
        LOG.log(
                System.Logger.Level.INFO,
                "meseta-agent ready in {0} ms",
                Long.toString(ManagementFactory.getRuntimeMXBean().getUptime()));
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Hypervisor hypervisor(AgentConfiguration configuration) {
        return switch (driver) {
            case libvirt ->
                LibvirtHypervisor.connect(
                        configuration.libvirtUri(),
                        LibvirtSettings.defaults().withMigrationCertificates(configuration.emulatorCertificates()));
            case simulated -> simulated(configuration);
        };
    }

    private static Hypervisor simulated(AgentConfiguration configuration) {
        try {
            String hostname =
                    Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
            // Alone in its fabric: nothing migrates out of the process.
            return SimulatedFabric.paced(hostname.hashCode(), 1.0)
                    .addHost(SimulatedHost.ofDefaultSize(hostname, configuration.migrationAddress()));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the host's name", e);
        }
    }

    /** Two agents on one state would answer for each other's operations. */
    private FileChannel lockState() throws IOException {
        DurableFiles.createPrivateDirectory(stateDirectory);
        FileChannel channel =
                FileChannel.open(stateDirectory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.tryLock();
        if (held == null) {
            channel.close();
            throw new IllegalStateException("Another agent runs with the state directory " + stateDirectory);
        }
        return channel;
    }
}
