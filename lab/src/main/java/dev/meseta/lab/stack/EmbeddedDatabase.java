package dev.meseta.lab.stack;

import dev.meseta.lab.process.Await;
import dev.meseta.lab.process.ProgramResult;
import dev.meseta.lab.process.Programs;
import dev.meseta.lab.process.Signals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The embedded PostgreSQL of a state folder. The first manager to start makes and starts it; from then on it hangs on no
 * manager's life, and has the same port after every start.
 */
public final class EmbeddedDatabase {

    private static final Duration STOP_LIMIT = Duration.ofSeconds(40);
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final StateFolder state;

    EmbeddedDatabase(StateFolder state) {
        this.state = state;
    }

    /** Its first process, if it runs. */
    public Optional<ProcessHandle> running() {
        Path pidFile = dataFolder().resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        try (Stream<String> lines = Files.lines(pidFile)) {
            return lines.findFirst()
                    .map(String::strip)
                    .map(Long::parseLong)
                    .flatMap(ProcessHandle::of)
                    .filter(process -> process.info()
                            .command()
                            .filter(command -> command.endsWith("/postgres"))
                            .isPresent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path log() {
        return state.database().resolve("postgres.log");
    }

    /** Kills all of its processes without warning (SIGKILL) and waits until they are gone. */
    public void kill() {
        List<ProcessHandle> processes = processes();
        Signals.send("KILL", ids(processes));
        Await.until(
                "the end of the embedded PostgreSQL",
                STOP_LIMIT,
                () -> processes.stream().noneMatch(ProcessHandle::isAlive));
    }

    /** Stops all of its processes in their tracks (SIGSTOP). */
    public void pause() {
        // The first process first: it starts no more then.
        running().ifPresent(first -> Signals.send("STOP", List.of(first.pid())));
        Signals.send("STOP", ids(processes()));
    }

    /** Lets a paused database go on. */
    public void resume() {
        Signals.send("CONT", ids(processes()));
    }

    /**
     * Starts it again when it does not run, and waits until it takes connections.
     *
     * @throws IllegalStateException when there is none, or it does not start
     */
    public void start() {
        if (!Files.isDirectory(dataFolder())) {
            throw new IllegalStateException("there is no embedded PostgreSQL in " + state.database());
        }
        Await.until("the embedded PostgreSQL (see " + log() + ")", START_LIMIT, this::startOnce);
    }

    /** Kills it and starts it again. */
    public void restart() {
        kill();
        start();
    }

    /** Ends it in order: clients are sent away, everything is written. */
    void stop() {
        resume();
        running().ifPresent(process -> {
            Signals.send("INT", List.of(process.pid()));
            Await.until("the end of the embedded PostgreSQL", STOP_LIMIT, () -> !process.isAlive());
        });
    }

    /** A manager that starts may be quicker. */
    private boolean startOnce() {
        if (running().isPresent()) {
            return true;
        }
        ProgramResult result = Programs.run(List.of(
                // PostgreSQL refuses to run as root; in a user namespace without a mapping it is nobody.
                "unshare",
                "-U",
                program("pg_ctl").toString(),
                "-D",
                dataFolder().toString(),
                "-l",
                log().toString(),
                "-w",
                "start"));
        return result.succeeded();
    }

    private Path program(String name) {
        try (Stream<Path> entries = Files.list(state.database())) {
            return entries.filter(entry -> entry.getFileName().toString().matches("postgres-binaries-[0-9.]+"))
                    .map(folder -> folder.resolve("bin").resolve(name))
                    .max(Path::compareTo)
                    .orElseThrow(() -> new IllegalStateException("there is no PostgreSQL in " + state.database()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<ProcessHandle> processes() {
        List<ProcessHandle> processes = new ArrayList<>();
        running().ifPresent(first -> {
            processes.add(first);
            first.descendants().forEach(processes::add);
        });
        return processes;
    }

    private static List<Long> ids(List<ProcessHandle> processes) {
        return processes.stream().map(ProcessHandle::pid).toList();
    }

    private Path dataFolder() {
        return state.database().resolve("postgres");
    }
}
