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

/**
 * What a manager's virtual machine finds out anew at every start, written down once for each build: classes read and linked,
 * and what is worth compiling (JEP 483, 514, 515). A manager starts without it as well, only later.
 */
final class StartupCache {

    private StartupCache() {}

    /**
     * The programs with the cache for them and this Java, made now when there is none; without one when it cannot be made,
     * which is tried once for a build. Two processes may ask at the same time: one makes it and the other waits.
     *
     * <p>It lies with the programs and is of use only there: a virtual machine whose jars lie elsewhere may find the place
     * they were read from gone, and then ends at once where it should go on without (a sealed jar is not recognised).
     */
    static Installation addedTo(Installation programs, Progress progress) {
        String java = Runtime.version().toString().replaceAll("[^0-9A-Za-z.]", "-");
        Path own = programs.folder().resolve("startup-" + java);
        Path cache = own.resolve("manager.aot");
        try (FileChannel channel = FileChannel.open(
                programs.folder().resolve("startup.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            // Closing the channel gives it back.
            FileLock unused = channel.lock();
            if (!Files.isDirectory(own)) {
                Files.createDirectories(own);
                make(cache, programs, progress);
            }
            return programs.withStartupCache(Optional.of(cache).filter(Files::exists));
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
        Path log = cache.resolveSibling("training.log");
        // Not beside it: paths of sockets must be short.
        Path work = Files.createTempDirectory("meseta-");
        Path unfinished = cache.resolveSibling("unfinished.aot");
        try (ManagerTraining training = new ManagerTraining(programs, work, log, unfinished)) {
            training.run();
            Files.move(unfinished, cache, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            // Everything works without; nobody shall be kept from starting a data center by it.
            progress.step("the start-up cache cannot be made, managers will start without: %s (see %s)"
                    .formatted(e.getMessage(), log));
            Files.deleteIfExists(unfinished);
        }
        FileTrees.delete(work);
    }
}
