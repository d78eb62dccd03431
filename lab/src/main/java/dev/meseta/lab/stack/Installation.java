package dev.meseta.lab.stack;

import dev.meseta.lab.host.AgentProgram;
import dev.meseta.lab.process.FileTrees;
import dev.meseta.lab.process.Programs;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The programs of one build, copied out of the source tree: a build that goes on there must not change files that a running
 * manager or agent reads classes from.
 */
final class Installation {

    private static final int BLOCK_BYTES = 1 << 16;

    private final Path folder;

    private final Optional<Path> startupCache;

    private Installation(Path folder, Optional<Path> startupCache) {
        this.folder = folder;
        this.startupCache = startupCache;
    }

    /**
     * Copies what was built last, unless that was done before. Two processes may do so at the same time.
     *
     * @param folder of all builds
     */
    static Installation of(Path repository, Path folder) {
        Path managerTarget = repository.resolve("manager/target");
        List<Path> manager = matching(managerTarget, "meseta-manager-.*-app\\.jar");
        AgentProgram built = AgentProgram.ofBuild(repository);
        List<Path> agent = new ArrayList<>(built.classPath());
        agent.add(built.options());
        if (manager.isEmpty()) {
            throw new IllegalStateException("the manager is not built in " + managerTarget);
        }
        Path build = folder.resolve(identity(manager, agent));
        try {
            Files.createDirectories(folder);
            try (FileChannel channel =
                    FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                // Closing the channel gives it back.
                FileLock unused = channel.lock();
                if (!Files.isDirectory(build)) {
                    Path unfinished = folder.resolve("unfinished");
                    FileTrees.delete(unfinished);
                    unpack(manager.getFirst(), unfinished.resolve("manager"));
                    copy(agent, unfinished.resolve("agent"));
                    Files.move(unfinished, build);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Installation(build, Optional.empty());
    }

    /** Tells builds apart. */
    String identity() {
        return String.valueOf(folder.getFileName());
    }

    /** The same programs, with managers that start from a cache when there is one. */
    Installation withStartupCache(Optional<Path> cache) {
        return new Installation(folder, cache);
    }

    /** How a manager is run, without its own arguments. */
    List<String> managerCommand() {
        return managerCommand(startupCache.map(StartupCache::options).orElse(List.of()));
    }

    /**
     * How a manager is run, without its own arguments and without a start-up cache.
     *
     * @param virtualMachine further options of the virtual machine
     */
    List<String> managerCommand(List<String> virtualMachine) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "--enable-native-access=ALL-UNNAMED"));
        command.addAll(virtualMachine);
        command.add("-jar");
        command.add(matching(folder.resolve("manager"), ".*\\.jar").getFirst().toString());
        return command;
    }

    AgentProgram agent() {
        Path agent = folder.resolve("agent");
        return AgentProgram.of(matching(agent, ".*\\.options").getFirst(), matching(agent, ".*\\.jar"));
    }

    /** Its own folder, for what is made of its programs. */
    Path folder() {
        return folder;
    }

    /** Removes other builds, unless something runs from them. */
    void removeOthers() {
        Set<String> running = ProcessHandle.allProcesses()
                .flatMap(process -> process.info().arguments().stream().flatMap(Arrays::stream))
                .collect(Collectors.toSet());
        try (Stream<Path> builds = Files.list(folder.getParent())) {
            for (Path build : builds.filter(
                            other -> other.getFileName().toString().matches("[0-9a-f]+"))
                    .filter(other -> !other.equals(folder))
                    .filter(other -> running.stream().noneMatch(argument -> argument.contains(other + "/")))
                    .toList()) {
                FileTrees.delete(build);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> matching(Path directory, String name) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().matches(name))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("nothing is built in " + directory, e);
        }
    }

    /**
     * Out of the one file that is handed around, because classes are read faster from files of their own; see "Executable
     * jar" in Spring Boot's reference.
     */
    private static void unpack(Path manager, Path directory) {
        Programs.run(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djarmode=tools",
                        "-jar",
                        manager.toString(),
                        "extract",
                        "--destination",
                        directory.toString())
                .orThrow();
    }

    private static void copy(List<Path> files, Path directory) throws IOException {
        Files.createDirectories(directory);
        for (Path file : files) {
            Files.copy(file, directory.resolve(file.getFileName()));
        }
    }

    /** By content: builds that can be repeated give all of their files the same time. */
    private static String identity(List<Path> manager, List<Path> agent) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] block = new byte[BLOCK_BYTES];
            for (Path file : Stream.concat(manager.stream(), agent.stream()).toList()) {
                digest.update("%s %d\n"
                        .formatted(file.getFileName(), Files.size(file))
                        .getBytes(StandardCharsets.UTF_8));
                try (InputStream content = Files.newInputStream(file)) {
                    for (int count = content.read(block); count > 0; count = content.read(block)) {
                        digest.update(block, 0, count);
                    }
                }
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
