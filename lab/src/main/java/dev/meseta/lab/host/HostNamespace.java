package dev.meseta.lab.host;

import dev.meseta.lab.process.Await;
import dev.meseta.lab.process.ProgramResult;
import dev.meseta.lab.process.Programs;
import dev.meseta.lab.process.Signals;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The running part of a host: PID, mount, UTS and network namespaces that live and die with their first process. Nothing
 * is remembered here: the first process is found by the name of its network namespace and its argument vector, so that
 * another run of the program finds a host that is already up.
 */
final class HostNamespace {

    private static final Duration START_LIMIT = Duration.ofSeconds(20);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    private static final Path PROCESSES = Path.of("/proc");

    private final String network;
    private final Path folder;
    private final String name;

    HostNamespace(String network, Path folder, String name) {
        this.network = network;
        this.folder = folder;
        this.name = name;
    }

    void start(Path script, Path sharedStorage) {
        try {
            Files.deleteIfExists(folder.resolve("ready"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Path log = folder.resolve("host.log");
        Programs.startDetached(
                List.of(
                        "ip",
                        "netns",
                        "exec",
                        network,
                        "unshare",
                        "--pid",
                        "--fork",
                        "--kill-child",
                        "--mount",
                        "--mount-proc",
                        "--uts",
                        "bash",
                        script.toString(),
                        folder.toString(),
                        name,
                        sharedStorage.toString()),
                Map.of(),
                log);
        try {
            Await.until("the start of " + name, START_LIMIT, () -> Files.exists(folder.resolve("ready")) && isUp());
        } catch (Await.AwaitTimeoutException e) {
            throw new IllegalStateException("%s did not start, see %s".formatted(name, log), e);
        }
    }

    boolean isUp() {
        return firstProcess().isPresent();
    }

    /** The first process, by its id outside; empty when the host is off. */
    OptionalLong firstProcess() {
        ProgramResult inside = Programs.run(List.of("ip", "netns", "pids", network));
        if (!inside.succeeded()) {
            return OptionalLong.empty();
        }
        return inside.output()
                .lines()
                .mapToLong(Long::parseLong)
                .filter(pid -> isFirst(pid))
                .findFirst();
    }

    private static boolean isFirst(long pid) {
        // The last number of NSpid is the id in the innermost namespace.
        try (Stream<String> status =
                Files.lines(PROCESSES.resolve(Long.toString(pid)).resolve("status"))) {
            return status.filter(line -> line.startsWith("NSpid:"))
                    .map(line -> line.split("\\s+"))
                    .anyMatch(ids -> ids.length > 2 && ids[ids.length - 1].equals("1"));
        } catch (IOException | UncheckedIOException processHasEnded) {
            return false;
        }
    }

    /** Power loss: every process of the host dies at once. */
    void kill() {
        firstProcess().ifPresent(first -> {
            Signals.send("KILL", List.of(first));
            Await.until(
                    "the end of " + name,
                    STOP_LIMIT,
                    () -> processesOf(first).isEmpty()
                            && ProcessHandle.of(first).isEmpty());
        });
    }

    /** The argument vector that runs a command inside the host. */
    List<String> inside(List<String> command) {
        long first = firstProcess().orElseThrow(() -> new IllegalStateException(name + " is off"));
        List<String> arguments = new ArrayList<>(
                List.of("nsenter", "--target", Long.toString(first), "--mount", "--uts", "--net", "--pid", "--"));
        arguments.addAll(command);
        return arguments;
    }

    /** Starts a process inside the host that belongs to the host's first process and writes to a log file. */
    void startDaemon(List<String> command, Path log) {
        List<String> arguments = new ArrayList<>(List.of("setsid", "--fork"));
        arguments.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(inside(arguments))
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectErrorStream(true);
        Programs.run(builder, Duration.ofSeconds(10)).orThrow();
    }

    /** Every process of the host but the ones that enter it for a moment. */
    List<HostProcess> processes() {
        OptionalLong first = firstProcess();
        return first.isPresent() ? processesOf(first.getAsLong()) : List.of();
    }

    private static List<HostProcess> processesOf(long first) {
        Optional<Path> wanted = pidNamespace(Long.toString(first));
        if (wanted.isEmpty()) {
            return List.of();
        }
        String[] entries = PROCESSES.toFile().list();
        List<HostProcess> found = new ArrayList<>();
        for (String entry : entries == null ? new String[0] : entries) {
            if (!entry.isEmpty()
                    && Character.isDigit(entry.charAt(0))
                    && pidNamespace(entry).equals(wanted)) {
                found.add(new HostProcess(Long.parseLong(entry), arguments(entry)));
            }
        }
        return found;
    }

    private static Optional<Path> pidNamespace(String pid) {
        try {
            return Optional.of(Files.readSymbolicLink(PROCESSES.resolve(pid).resolve("ns/pid")));
        } catch (IOException processHasEnded) {
            return Optional.empty();
        }
    }

    private static List<String> arguments(String pid) {
        try {
            String line = Files.readString(PROCESSES.resolve(pid).resolve("cmdline"), StandardCharsets.UTF_8);
            return line.isEmpty() ? List.of() : List.of(line.split("\0"));
        } catch (NoSuchFileException processHasEnded) {
            return List.of();
        } catch (IOException processHasEnded) {
            // A process that ends while it is read answers ESRCH, not "no such file".
            return List.of();
        }
    }
}
