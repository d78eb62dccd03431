package dev.meseta.lab.stack;

import dev.meseta.lab.client.MesetaClient;
import dev.meseta.lab.process.Await;
import dev.meseta.lab.process.ProgramResult;
import dev.meseta.lab.process.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The manager of a state folder: a process that goes on when this one ends, found again by what is written down. */
public final class ManagerProcess {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(40);

    private final StateFolder state;

    ManagerProcess(StateFolder state) {
        this.state = state;
    }

    /** The running manager; a process that merely has its old id is not it. */
    public Optional<ProcessHandle> running() {
        if (!Files.exists(state.managerRecord())) {
            return Optional.empty();
        }
        JsonNode record = record();
        return ProcessHandle.of(record.required("pid").longValue())
                .filter(process ->
                        started(process).equals(record.required("started").stringValue()));
    }

    /** Port of the manager that runs. */
    OptionalInt httpsPort() {
        return running().isPresent() ? OptionalInt.of(record().path("httpsPort").intValue(0)) : OptionalInt.empty();
    }

    private JsonNode record() {
        try {
            return JSON.readTree(Files.readString(state.managerRecord()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the manager where it does not run, and anew where another build of it runs; see {@link #awaitReady}. */
    void start(Installation programs, ManagerSettings settings) {
        if (running().isPresent()) {
            if (record().path("build").stringValue("").equals(programs.identity())) {
                return;
            }
            running().ifPresent(ManagerProcess::endSomehow);
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "--enable-native-access=ALL-UNNAMED",
                "-jar",
                programs.managerJar().toString()));
        command.addAll(settings.arguments(state));
        try {
            Files.createDirectories(state.manager());
            // Nobody may take an older manager's answer for this one's.
            Files.deleteIfExists(state.manager().resolve("access.json"));
            long pid = Programs.startDetached(command, settings.environment(), state.managerLog());
            String started = ProcessHandle.of(pid).map(ManagerProcess::started).orElse("");
            ObjectNode record = JSON.createObjectNode()
                    .put("pid", pid)
                    .put("started", started)
                    .put("build", programs.identity())
                    .put("httpsPort", settings.httpsPort());
            Files.writeString(state.managerRecord(), JSON.writeValueAsString(record) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Waits until the manager answers over TLS.
     *
     * @throws IllegalStateException when it ends before, or takes longer than three minutes
     */
    public void awaitReady() {
        Path access = state.manager().resolve("access.json");
        Await.until("the manager (see " + state.managerLog() + ")", START_LIMIT, () -> {
            if (running().isEmpty()) {
                throw new IllegalStateException(
                        "the manager ended while it started; the reason is in " + state.managerLog());
            }
            return Files.exists(access) && answers(access);
        });
        state.publishAccess();
    }

    /** Whether a manager answers and says that it is well. */
    public boolean answers() {
        return Files.exists(state.access()) && answers(state.access());
    }

    private static boolean answers(Path access) {
        try (MesetaClient client = MesetaClient.fromAccessFile(access)) {
            MesetaClient.Answer answer = client.send("GET", "/health", null, java.util.Map.of());
            return answer.status() == 200 && answer.body().contains("UP");
        } catch (UncheckedIOException notYet) {
            return false;
        }
    }

    /** Kills the manager without warning (SIGKILL); its embedded PostgreSQL goes on. */
    public void kill() {
        running().ifPresent(process -> end(process, true));
    }

    /** Stops the manager and its embedded PostgreSQL. */
    public void stop() {
        running().ifPresent(ManagerProcess::endSomehow);
        stopLeftDatabase();
        try {
            Files.deleteIfExists(state.managerRecord());
            Files.deleteIfExists(state.access());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void endSomehow(ProcessHandle process) {
        if (!end(process, false)) {
            end(process, true);
        }
    }

    private static boolean end(ProcessHandle process, boolean forcibly) {
        if (forcibly) {
            process.destroyForcibly();
        } else {
            process.destroy();
        }
        try {
            Await.until("the end of the manager", STOP_LIMIT, () -> !process.isAlive());
            return true;
        } catch (Await.AwaitTimeoutException stillThere) {
            return false;
        }
    }

    /** The embedded database of a manager that was killed. */
    public Optional<ProcessHandle> database() {
        Path pidFile = state.manager().resolve("postgres").resolve("postmaster.pid");
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

    private void stopLeftDatabase() {
        database().ifPresent(process -> {
            // SIGINT is PostgreSQL's fast shutdown: clients are sent away, everything is written.
            ProgramResult asked = Programs.run(List.of("kill", "-s", "INT", "--", Long.toString(process.pid())));
            if (asked.succeeded()) {
                Await.until("the end of the embedded PostgreSQL", STOP_LIMIT, () -> !process.isAlive());
            }
        });
    }

    private static String started(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toString).orElse("");
    }
}
