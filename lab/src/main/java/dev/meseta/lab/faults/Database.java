package dev.meseta.lab.faults;

import dev.meseta.lab.process.Await;
import dev.meseta.lab.process.ProgramResult;
import dev.meseta.lab.process.Programs;
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

/** A manager's embedded PostgreSQL, as a victim and as a witness. */
final class Database implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int CONNECT_SECONDS = 10;
    private static final int PORT_LINE = 3;

    private final Path state;
    private final Path data;
    private final Firewall firewall;

    /** @param state state folder of the manager that has it */
    Database(Path state, Firewall firewall) {
        this.state = state;
        this.data = state.resolve("postgres");
        this.firewall = firewall;
    }

    /** SIGKILL to the postmaster; the others notice and end. */
    void kill() {
        processes().forEach(process -> Signals.send(process, Signals.KILL));
        Await.until("the end of PostgreSQL", LIMIT, () -> postmaster().isEmpty());
    }

    /** Starts it on its old port; recovers what was written ahead. */
    void start() {
        Await.until("PostgreSQL", LIMIT, () -> postmaster().isPresent() || started());
    }

    void pause() {
        processes().forEach(process -> Signals.send(process, Signals.STOP));
    }

    void resume() {
        processes().forEach(process -> Signals.send(process, Signals.CONTINUE));
    }

    /** Nothing comes or goes between it and anybody, and nobody is told. */
    void cutOff() {
        firewall.cut("127.0.0.1", port());
    }

    void mend() {
        firewall.mend("127.0.0.1", port());
    }

    /** @throws UncheckedIOException when it cannot be reached */
    Connection connect() {
        try {
            Properties properties = new Properties();
            properties.setProperty("user", "meseta");
            properties.setProperty(
                    "password",
                    Files.readString(state.resolve("postgres.password")).strip());
            properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS));
            properties.setProperty("socketTimeout", Integer.toString(CONNECT_SECONDS * 3));
            return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port() + "/postgres", properties);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new UncheckedIOException(new IOException("the database cannot be reached", e));
        }
    }

    private boolean started() {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            // It refuses to run as root; in a user namespace without a mapping it is nobody.
            command.addAll(List.of("unshare", "-U"));
        }
        command.addAll(List.of(
                program("pg_ctl").toString(),
                "-D",
                data.toString(),
                "-l",
                state.resolve("postgres.log").toString(),
                "-w",
                "start"));
        ProgramResult result = Programs.run(command);
        return result.succeeded();
    }

    private boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private Path program(String name) {
        try (Stream<Path> folders = Files.list(state)) {
            return folders.filter(folder -> folder.getFileName().toString().startsWith("postgres-binaries-"))
                    .map(folder -> folder.resolve("bin").resolve(name))
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("there is no " + name + " in " + state));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int port() {
        try {
            if (Files.exists(data.resolve("postmaster.pid"))) {
                return Integer.parseInt(Files.readAllLines(data.resolve("postmaster.pid"))
                        .get(PORT_LINE)
                        .strip());
            }
            return Files.readAllLines(data.resolve("meseta.conf")).stream()
                    .filter(line -> line.startsWith("port = "))
                    .map(line ->
                            Integer.parseInt(line.substring("port = ".length()).strip()))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<ProcessHandle> processes() {
        return postmaster()
                .map(process ->
                        Stream.concat(Stream.of(process), process.descendants()).toList())
                .orElse(List.of());
    }

    private Optional<ProcessHandle> postmaster() {
        Path pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        try {
            return Files.readAllLines(pidFile).stream()
                    .findFirst()
                    .map(String::strip)
                    .map(Long::parseLong)
                    .flatMap(ProcessHandle::of)
                    .filter(process -> process.info().command().orElse("").endsWith("/postgres"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        resume();
    }
}
