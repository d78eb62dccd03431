package dev.meseta.lab.stack;

import dev.meseta.lab.process.Await;
import dev.meseta.lab.process.ProgramResult;
import dev.meseta.lab.process.Programs;
import dev.meseta.lab.process.Signals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * The embedded PostgreSQL of a state folder. The first manager to start makes and starts it; from then on it hangs on no
 * manager's life, and has the same port after every start.
 */
public final class EmbeddedDatabase {

    /** It listens nowhere else. */
    public static final String ADDRESS = "127.0.0.1";

    private static final Duration STOP_LIMIT = Duration.ofSeconds(40);
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);

    /** In postmaster.pid, from 0. */
    private static final int PORT_LINE = 3;

    private final StateFolder state;

    EmbeddedDatabase(StateFolder state) {
        this.state = state;
    }

    /** Its first process, if it runs. */
    public Optional<ProcessHandle> running() {
        if (!Files.exists(pidFile())) {
            return Optional.empty();
        }
        try (Stream<String> lines = Files.lines(pidFile())) {
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

    /**
     * A connection, for what no API offers: looking into a database, or filling it faster than anybody could ask for.
     *
     * @param patience with one statement
     * @throws SQLException when it does not answer
     * @throws UncheckedIOException when it does not run
     */
    public Connection connect(Duration patience) throws SQLException {
        try {
            Properties properties = new Properties();
            properties.setProperty("user", "meseta");
            properties.setProperty(
                    "password",
                    Files.readString(state.database().resolve("postgres.password"))
                            .strip());
            properties.setProperty("connectTimeout", Long.toString(CONNECT_LIMIT.toSeconds()));
            properties.setProperty("socketTimeout", Long.toString(patience.toSeconds()));
            return DriverManager.getConnection(
                    "jdbc:postgresql://%s:%d/postgres".formatted(ADDRESS, port()), properties);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws UncheckedIOException when it does not run */
    public int port() {
        try {
            return Integer.parseInt(Files.readAllLines(pidFile()).get(PORT_LINE).strip());
        } catch (IOException e) {
            throw new UncheckedIOException("the database does not run", e);
        }
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

    private Path pidFile() {
        return dataFolder().resolve("postmaster.pid");
    }

    private Path dataFolder() {
        return state.database().resolve("postgres");
    }
}
