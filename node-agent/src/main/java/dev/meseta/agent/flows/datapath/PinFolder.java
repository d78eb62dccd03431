package dev.meseta.agent.flows.datapath;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.system.Commands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder in a BPF file system where maps and programs stay while no agent runs. A host that has no such file system
 * there gets one: systemd mounts it on most, a network namespace's own {@code /sys} comes without.
 */
final class PinFolder {

    private static final System.Logger LOG = System.getLogger(PinFolder.class.getName());
    private static final Path USUAL_PLACE = Path.of("/sys/fs/bpf");
    private static final Pattern VERSION = Pattern.compile("v\\d+-\\d+");
    private static final String TYPE = "bpf";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Path folder;

    private PinFolder(Path folder) {
        this.folder = folder;
    }

    /** @throws UncheckedIOException, AgentException when it cannot be had */
    static PinFolder open(Path folder, Commands commands) {
        try {
            if (!isBpf(nearest(folder.toAbsolutePath()))) {
                Path place = folder.startsWith(USUAL_PLACE) && Files.isDirectory(USUAL_PLACE) ? USUAL_PLACE : folder;
                mount(place, commands);
            }
            Files.createDirectories(folder);
            return new PinFolder(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot use " + folder, e);
        }
    }

    private static Path nearest(Path folder) {
        Path parent = folder.getParent();
        return parent == null || Files.exists(folder) ? folder : nearest(parent);
    }

    private static boolean isBpf(Path path) throws IOException {
        return Files.getFileStore(path).type().equals(TYPE);
    }

    private static void mount(Path place, Commands commands) throws IOException {
        Files.createDirectories(place);
        Commands.Result result =
                commands.run(List.of("mount", "-t", TYPE, "-o", "mode=0700", "meseta", place.toString()), PATIENCE);
        if (!result.succeeded()) {
            throw new AgentException(
                    AgentErrorCode.AGENT_ERROR,
                    "No BPF file system can be mounted on " + place + ": " + result.complaint());
        }
        LOG.log(System.Logger.Level.INFO, "Mounted a BPF file system on {0}", place);
    }

    /** The folder of a version, made when it is missing. */
    Path inside(String version) {
        try {
            return Files.createDirectories(folder.resolve(version));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make " + version + " in " + folder, e);
        }
    }

    /** Removes the folders of other versions; what the kernel still uses goes with its last user. */
    void keepOnly(String version) {
        try (Stream<Path> all = Files.list(folder)) {
            // The kernel has files of its own there.
            all.filter(path ->
                            VERSION.matcher(String.valueOf(path.getFileName())).matches())
                    .filter(path -> !path.endsWith(version))
                    .forEach(PinFolder::empty);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot clear " + folder, e);
        }
    }

    /** Removes all pins of a folder but some. */
    static void keepOnly(Path folder, Set<String> names) {
        try (Stream<Path> all = Files.list(folder)) {
            all.filter(path -> !names.contains(String.valueOf(path.getFileName())))
                    .forEach(PinFolder::remove);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot clear " + folder, e);
        }
    }

    private static void empty(Path path) {
        keepOnly(path, Set.of());
        remove(path);
        LOG.log(System.Logger.Level.INFO, "Removed {0}, which was of another version", path);
    }

    /** No effect when it is not there. */
    static void remove(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot remove " + path, e);
        }
    }
}
