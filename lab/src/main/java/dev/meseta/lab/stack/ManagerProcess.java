package dev.meseta.lab.stack;

import dev.meseta.lab.client.MesetaClient;
import dev.meseta.lab.process.Await;
import dev.meseta.lab.process.Programs;
import dev.meseta.lab.process.Signals;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One manager of a state folder, with a process beside it that starts it again when it was fenced. Both go on when this
 * process ends, and are found again by what is written down.
 */
public final class ManagerProcess {

    static final String STATE_OPTION = "--meseta.state-dir=";

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String SUPERVISE = "supervise";
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(40);

    private final StateFolder state;
    private final int index;
    private Optional<Launch> launch = Optional.empty();

    private record Launch(Installation programs, ManagerSettings settings) {}

    ManagerProcess(StateFolder state, int index) {
        this.state = state;
        this.index = index;
    }

    /** 1, 2 and so on. */
    public int index() {
        return index;
    }

    /** What it is called in lists and logs. */
    public String name() {
        return StateFolder.managerName(index);
    }

    public Path log() {
        return state.managerLog(index);
    }

    /** Address of its page and REST API, once it has answered. */
    public String url() {
        try {
            return JSON.readTree(Files.readString(accessFile())).required("url").stringValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A client that talks to this manager and no other. */
    public MesetaClient client() {
        return MesetaClient.fromAccessFile(accessFile());
    }

    /** The running manager; a process that merely has its old id is not it. */
    public Optional<ProcessHandle> running() {
        Path file = state.managerPid(index);
        try {
            return Files.exists(file)
                    ? ProcessHandle.of(Long.parseLong(Files.readString(file).strip()))
                            .filter(this::isThisManager)
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether it runs, or is being started again because it was fenced. */
    public boolean isAlive() {
        return running().isPresent() || supervisor().isPresent();
    }

    /** Whether it has been stopped in its tracks. */
    public boolean isPaused() {
        return running().map(process -> Signals.isStopped(process.pid())).orElse(false);
    }

    /** Port of the manager that runs. */
    OptionalInt httpsPort() {
        return running().isPresent() ? OptionalInt.of(record().path("httpsPort").intValue(0)) : OptionalInt.empty();
    }

    /** Starts the manager where it does not run, and anew where another build of it runs, or one with other settings; see {@link #awaitReady}. */
    void start(Installation programs, ManagerSettings settings) {
        launch = Optional.of(new Launch(programs, settings));
        if (isAlive()) {
            if (record().path("build").stringValue("").equals(programs.identity())
                    && record().path("traces")
                            .stringValue("")
                            .equals(settings.traces().orElse(""))
                    && record().path("settings").stringValue("").equals(settings.others())) {
                return;
            }
            end();
        }
        Path script = state.root().resolve(SUPERVISE);
        List<String> command = new ArrayList<>(
                List.of("bash", script.toString(), state.managerPid(index).toString()));
        command.addAll(programs.managerCommand());
        command.addAll(settings.arguments(state));
        try (InputStream resource = ManagerProcess.class.getResourceAsStream(SUPERVISE)) {
            if (resource == null) {
                throw new IllegalStateException(SUPERVISE + " is missing in this build");
            }
            Files.createDirectories(state.manager(index));
            Files.write(script, resource.readAllBytes());
            // Nobody may take an older manager's answer for this one's.
            Files.deleteIfExists(accessFile());
            Files.deleteIfExists(state.managerPid(index));
            long pid = Programs.startDetached(command, settings.environment(), log());
            ObjectNode record = JSON.createObjectNode()
                    .put("pid", pid)
                    .put(
                            "started",
                            ProcessHandle.of(pid).map(ManagerProcess::started).orElse(""))
                    .put("build", programs.identity())
                    .put("httpsPort", settings.httpsPort())
                    .put("traces", settings.traces().orElse(""))
                    .put("settings", settings.others());
            Files.writeString(state.managerRecord(index), JSON.writeValueAsString(record) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Await.until(name() + " to be started", START_LIMIT, () -> Files.exists(state.managerPid(index)));
    }

    /**
     * Starts it again as it was started before, when it does not run; see {@link #awaitReady}.
     *
     * @throws IllegalStateException when it was not started from here
     */
    public void start() {
        Launch known = launch.orElseThrow(() -> new IllegalStateException(name() + " was not started from here"));
        start(known.programs(), known.settings());
    }

    /**
     * Waits until the manager answers over TLS.
     *
     * @throws IllegalStateException when it ends before, or takes longer than three minutes
     */
    public void awaitReady() {
        Await.until(name() + " (see " + log() + ")", START_LIMIT, () -> {
            if (!isAlive()) {
                throw new IllegalStateException(
                        "%s ended while it started; the reason is in %s".formatted(name(), log()));
            }
            return answers();
        });
    }

    /** Whether it answers and says that it is well. */
    public boolean answers() {
        if (!Files.exists(accessFile()) || running().isEmpty() || isPaused()) {
            return false;
        }
        try (MesetaClient client = client()) {
            MesetaClient.Answer answer = client.send("GET", "/health", null, Map.of());
            return answer.status() == 200 && answer.body().contains("UP");
        } catch (UncheckedIOException notYet) {
            return false;
        }
    }

    /** Kills the manager without warning (SIGKILL) and waits until it is gone; it stays dead until {@link #start}. */
    public void kill() {
        Await.until("the end of " + name(), STOP_LIMIT, () -> {
            // More than once: it may be about to be started again.
            running().ifPresent(ProcessHandle::destroyForcibly);
            return !isAlive();
        });
    }

    /** Stops the manager in its tracks (SIGSTOP): nobody is told. */
    public void pause() {
        running().ifPresent(process -> Signals.send("STOP", List.of(process.pid())));
    }

    /** Lets a paused manager go on; when it was fenced meanwhile, it ends and is started again. */
    public void resume() {
        running().ifPresent(process -> Signals.send("CONT", List.of(process.pid())));
    }

    /** Ends the manager in order, and what watches over it. */
    void stop() {
        end();
        try {
            Files.deleteIfExists(state.managerRecord(index));
            Files.deleteIfExists(state.managerPid(index));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tells it to end, so that several managers can do so at the same time. */
    void askToStop() {
        supervisor().ifPresent(process -> {
            process.destroyForcibly();
            Await.until("the end of what watches over " + name(), STOP_LIMIT, () -> !process.isAlive());
        });
        resume();
        running().ifPresent(ProcessHandle::destroy);
    }

    private void end() {
        askToStop();
        running().ifPresent(process -> {
            try {
                Await.until("the end of " + name(), STOP_LIMIT, () -> !process.isAlive());
            } catch (Await.AwaitTimeoutException stillThere) {
                kill();
            }
        });
    }

    Path accessFile() {
        return state.manager(index).resolve("access.json");
    }

    private Optional<ProcessHandle> supervisor() {
        if (!Files.exists(state.managerRecord(index))) {
            return Optional.empty();
        }
        JsonNode record = record();
        return ProcessHandle.of(record.required("pid").longValue())
                .filter(process ->
                        started(process).equals(record.required("started").stringValue()));
    }

    private boolean isThisManager(ProcessHandle process) {
        try {
            String arguments =
                    Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"), StandardCharsets.UTF_8);
            return Arrays.asList(arguments.split("\0")).contains(STATE_OPTION + state.manager(index));
        } catch (IOException ended) {
            return false;
        }
    }

    private JsonNode record() {
        try {
            return JSON.readTree(Files.readString(state.managerRecord(index)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String started(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toString).orElse("");
    }
}
