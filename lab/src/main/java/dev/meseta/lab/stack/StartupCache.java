package dev.meseta.lab.stack;

import dev.meseta.lab.process.FileTrees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a manager's virtual machine finds out anew at every start, written down once for each build: classes read and linked,
 * and what is worth compiling (JEP 483, 514, 515). A manager starts without it as well, only later.
 */
final class StartupCache {

    private final Path folder;

    /** @param folder survives what is made new at every start */
    StartupCache(Path folder) {
        this.folder = folder;
    }

    /**
     * The cache for this build and this Java, made now when there is none; empty when it cannot be made, which is tried once
     * for a build. Two processes may ask at the same time: one makes it and the other waits.
     */
    Optional<Path> of(Installation programs, Progress progress) {
        Path own = folder.resolve(
                programs.identity() + "-" + Runtime.version().toString().replaceAll("[^0-9A-Za-z.]", "-"));
        Path cache = own.resolve("manager.aot");
        try {
            Files.createDirectories(folder);
            try (FileChannel channel =
                    FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                // Closing the channel gives it back.
                FileLock unused = channel.lock();
                if (!Files.isDirectory(own)) {
                    removeAll();
                    Files.createDirectories(own);
                    make(cache, programs, progress);
                }
            }
            return Files.exists(cache) ? Optional.of(cache) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Options of the virtual machine that use a cache. When it is missing, broken or of other jars, the virtual machine says
     * so in its log and goes on without.
     */
    static List<String> options(Path cache) {
        return List.of(
                "-XX:AOTCache=" + cache,
                // A third of a second: without, only its head is looked at, and what else is broken in it is believed.
                "-XX:+VerifySharedSpaces",
                // Warns at every start of a mistake in the Java 25 that costs nothing (one stub is not found).
                "-Xlog:aot+codecache+stubs=off",
                "-Xlog:aot=error");
    }

    private static void make(Path cache, Installation programs, Progress progress) throws IOException {
        progress.step("start-up cache (once for a build)");
        Path work = cache.resolveSibling("training");
        Path unfinished = cache.resolveSibling("unfinished.aot");
        try (ManagerTraining training = new ManagerTraining(programs, work, unfinished)) {
            training.run();
            Files.move(unfinished, cache, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            // Everything works without; nobody shall be kept from starting a data center by it.
            progress.step("the start-up cache cannot be made, managers will start without: %s (see %s)"
                    .formatted(e.getMessage(), ManagerTraining.log(work)));
            Files.deleteIfExists(unfinished);
        }
        FileTrees.delete(work);
    }

    /** Those of other builds; a manager that still runs from one keeps its file. */
    private void removeAll() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path entry : entries.filter(Files::isDirectory).toList()) {
                FileTrees.delete(entry);
            }
        }
    }
}
