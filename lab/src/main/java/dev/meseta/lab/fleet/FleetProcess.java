package dev.meseta.lab.fleet;

import dev.meseta.lab.host.AgentProgram;
import dev.meseta.lab.process.Await;
import dev.meseta.lab.process.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The process of the simulated hosts: it goes on when this one ends, and is found again by what is written down. */
public final class FleetProcess {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    private static final int BASE_MEBIBYTES = 192;
    private static final int HOSTS_IN_MEBIBYTE = 2;

    private final Path directory;

    /** @param directory the fleet's state */
    public FleetProcess(Path directory) {
        this.directory = directory;
    }

    /**
     * How a fleet is run.
     *
     * @param hosts how many
     * @param network second number of their addresses 127.x.y.z
     * @param managers host:port where agents enrol, of several managers with commas
     * @param storagePath what hosts know their shared storage by
     * @param storage the same folder on this machine
     * @param seed of everything left to chance
     * @param traces where traces go; empty: nowhere
     */
    public record Settings(
            int hosts,
            int network,
            String managers,
            String storagePath,
            Path storage,
            long seed,
            Optional<String> traces) {

        List<String> arguments(Path directory) {
            List<String> arguments = new ArrayList<>(List.of(
                    "fleet",
                    "--state-dir",
                    directory.toString(),
                    "--manager",
                    managers,
                    "--hosts",
                    Integer.toString(hosts),
                    "--network",
                    Integer.toString(network),
                    "--storage-path",
                    storagePath,
                    "--storage",
                    storage.toString(),
                    "--seed",
                    Long.toString(seed)));
            traces.ifPresent(url -> arguments.addAll(List.of("--traces", url)));
            return arguments;
        }

        /** Options of the virtual machine: threads for two processors, however many hosts there are. */
        List<String> options() {
            return List.of(
                    "-Xmx%dm".formatted(BASE_MEBIBYTES + hosts / HOSTS_IN_MEBIBYTE),
                    "-XX:+UseSerialGC",
                    "--enable-native-access=ALL-UNNAMED",
                    "-Dio.grpc.netty.shaded.io.netty.eventLoopThreads=2",
                    "-Dio.grpc.netty.shaded.io.netty.allocator.numDirectArenas=2",
                    "-Dio.grpc.netty.shaded.io.netty.allocator.numHeapArenas=1");
        }
    }

    /** The running fleet; a process that merely has its old id is not it. */
    public Optional<ProcessHandle> running() {
        if (!Files.exists(recordFile())) {
            return Optional.empty();
        }
        JsonNode record = record();
        return ProcessHandle.of(record.required("pid").longValue())
                .filter(process ->
                        started(process).equals(record.required("started").stringValue()));
    }

    /** How many hosts the fleet had when it was last started; 0 when there never was one. */
    public int hosts() {
        return Files.exists(recordFile()) ? record().required("hosts").intValue() : 0;
    }

    public Path log() {
        return directory.resolveSibling(directory.getFileName() + ".log");
    }

    /** A connection to give orders on. */
    public FleetClient connect() {
        return FleetClient.connect(directory.resolve("control.sock"));
    }

    /**
     * Starts the fleet where it does not run as wanted, and waits until it takes orders.
     *
     * @throws IllegalStateException when it ends before
     */
    void start(AgentProgram program, Settings settings) {
        List<String> command = program.fleetCommand(settings.options(), settings.arguments(directory));
        if (running().isPresent()) {
            // Power is not cut for a manager more or less: those that know of one can renew.
            if (record().required("command").stringValue().equals(withoutManagers(command, settings))) {
                return;
            }
            stop();
        }
        try {
            Files.createDirectories(directory);
            Files.deleteIfExists(directory.resolve("control.sock"));
            long pid = Programs.startDetached(command, Map.of(), log());
            Files.writeString(
                    recordFile(),
                    JSON.writeValueAsString(JSON.createObjectNode()
                                    .put("pid", pid)
                                    .put(
                                            "started",
                                            ProcessHandle.of(pid)
                                                    .map(FleetProcess::started)
                                                    .orElse(""))
                                    .put("hosts", settings.hosts())
                                    .put("command", withoutManagers(command, settings)))
                            + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Await.until("the simulated hosts (see " + log() + ")", START_LIMIT, () -> {
            if (running().isEmpty()) {
                throw new IllegalStateException("the simulated hosts ended; the reason is in " + log());
            }
            return takesOrders();
        });
    }

    private static String withoutManagers(List<String> command, Settings settings) {
        return String.join(
                " ",
                command.stream()
                        .filter(argument -> !argument.equals(settings.managers()))
                        .toList());
    }

    private boolean takesOrders() {
        try (FleetClient client = connect()) {
            return client.status().hosts() > 0;
        } catch (UncheckedIOException notYet) {
            return false;
        }
    }

    /** Every simulated host loses its power. */
    public void stop() {
        running().ifPresent(process -> {
            process.destroyForcibly();
            Await.until("the end of the simulated hosts", STOP_LIMIT, () -> !process.isAlive());
        });
    }

    private Path recordFile() {
        return directory.resolve("process.json");
    }

    private JsonNode record() {
        try {
            return JSON.readTree(Files.readString(recordFile()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String started(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toString).orElse("");
    }
}
