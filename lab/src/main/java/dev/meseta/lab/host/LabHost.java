package dev.meseta.lab.host;

import dev.meseta.lab.process.Await;
import dev.meseta.lab.process.ProgramResult;
import dev.meseta.lab.process.Programs;
import dev.meseta.lab.process.Signals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One real host of the lab: libvirt, QEMU and the node agent in namespaces of their own, and the faults it can have. */
public final class LabHost {

    /** Where every host has the lab's shared folder. */
    public static final String SHARED_STORAGE = "/var/lib/meseta/storage";

    static final int AGENT_PORT = 7443;
    private static final String AGENT_STATE = "/var/lib/meseta-agent";
    private static final Duration DAEMON_LIMIT = Duration.ofSeconds(60);
    private static final Duration JOIN_LIMIT = Duration.ofSeconds(60);

    private final LabNames names;
    private final LabNetwork network;
    private final int number;
    private final Path folder;
    private final Path sharedStorage;
    private final Path script;
    private final HostNamespace namespace;
    private Optional<FrameDelay> delay = Optional.empty();

    LabHost(LabNames names, LabNetwork network, int number, Path folder, Path sharedStorage, Path script) {
        this.names = names;
        this.network = network;
        this.number = number;
        this.folder = folder;
        this.sharedStorage = sharedStorage;
        this.script = script;
        this.namespace = new HostNamespace(names.namespace(number), folder, name());
    }

    /** Its host name: host-1, host-2 and so on. */
    public String name() {
        return "host-" + number;
    }

    /** Its address in the management and migration network. */
    public String address() {
        return names.address(number);
    }

    /** Where the manager and other agents reach its agent: address and port. */
    public String agentAddress() {
        return address() + ":" + AGENT_PORT;
    }

    /** Its logs, seen from outside. */
    public Path log(String name) {
        return folder.resolve(name + ".log");
    }

    /** A path on the host's own disk, seen from outside. */
    public Path disk(String path) {
        return new HostFiles(folder).disk(path.startsWith("/") ? path.substring(1) : path);
    }

    public boolean isUp() {
        return namespace.isUp();
    }

    /** Switches the host on: network, empty /run, nothing started yet. Nothing happens when it is on. */
    public void powerOn() {
        if (!isUp()) {
            network.connect(number);
            namespace.start(script, sharedStorage);
        }
    }

    /**
     * Cuts the power: the network goes silent, then every process of the host dies at once, QEMUs too. Its disk stays.
     */
    public void powerOff() {
        if (isUp()) {
            network.cut(number);
        }
        stopDelay();
        namespace.kill();
        network.disconnect(number);
        network.mend(number);
    }

    /** Runs a command inside the host to its end, whatever its exit code; at most two minutes. */
    public ProgramResult exec(List<String> command) {
        return Programs.run(namespace.inside(command));
    }

    /** Runs a command inside the host that must succeed. */
    public ProgramResult exec(String... command) {
        return exec(List.of(command)).orThrow();
    }

    /** The argument vector that runs a command inside the host, for callers that want its streams. */
    public List<String> inside(List<String> command) {
        return namespace.inside(command);
    }

    /** Starts a program inside the host that goes on by itself; it writes to the log of that name. */
    public void startProgram(String log, List<String> command) {
        namespace.startDaemon(command, log(log));
    }

    /** Starts libvirtd where it does not run, and waits until it answers. */
    public void startLibvirtd() {
        launchLibvirtd();
        awaitLibvirtd();
    }

    void launchLibvirtd() {
        if (processes("libvirtd").isEmpty()) {
            namespace.startDaemon(List.of("libvirtd"), log("libvirtd"));
        }
    }

    void awaitLibvirtd() {
        Await.until(
                "libvirt of " + name(),
                DAEMON_LIMIT,
                () -> exec(List.of("virsh", "-q", "version")).succeeded());
    }

    /** Kills libvirtd without warning; running guests go on. */
    public void killLibvirtd() {
        kill(processes("libvirtd"));
    }

    /**
     * Enrols the agent with the managers.
     *
     * @param urls where managers take enrolments; the first that answers is asked
     * @param token one-time token; handed over on standard input, where no process list shows it
     * @param caFingerprint fingerprint of the manager's authority
     * @throws IllegalStateException when the agent was not let in
     */
    public void joinAgent(AgentProgram agent, List<URI> urls, String token, String caFingerprint) {
        List<String> arguments = new ArrayList<>(List.of("join"));
        urls.forEach(url -> arguments.add(url.toString()));
        arguments.addAll(List.of(
                "--token",
                "-",
                "--ca-fingerprint",
                caFingerprint,
                "--state-dir",
                AGENT_STATE,
                "--listen",
                address() + ":" + AGENT_PORT,
                "--migration-address",
                address(),
                "--advertise",
                agentAddress()));
        ProgramResult result = Programs.run(namespace.inside(agent.command(arguments)), token + "\n", JOIN_LIMIT);
        if (!result.succeeded()) {
            throw new IllegalStateException("the agent of %s could not join %s: %s"
                    .formatted(name(), urls, (result.errors() + result.output()).strip()));
        }
        try {
            Files.writeString(joinedMark(), urls.getFirst() + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the agent has enrolled before: what it got is on the host's disk. */
    public boolean agentHasJoined() {
        return Files.exists(joinedMark());
    }

    private Path joinedMark() {
        return folder.resolve("joined");
    }

    /** Starts the agent; nothing happens when it runs. */
    public void startAgent(AgentProgram agent) {
        if (agentProcess().isEmpty()) {
            namespace.startDaemon(agent.runCommand(AGENT_STATE), log("agent"));
        }
    }

    /** Whether the running agent, if there is one, is this build of it. */
    public boolean agentRunsFrom(AgentProgram agent) {
        return agentProcess().map(process -> agent.isRunAs(process.arguments())).orElse(true);
    }

    /** Stops the agent (SIGTERM) and waits until it is gone; guests go on. */
    public void stopAgent() {
        agentProcess().ifPresent(process -> {
            Signals.send("TERM", List.of(process.pid()));
            Await.until(
                    "the end of the agent of " + name(),
                    DAEMON_LIMIT,
                    () -> agentProcess().isEmpty());
        });
    }

    /** Kills the agent without warning (SIGKILL) and waits until it is gone; guests go on. */
    public void killAgent() {
        kill(agentProcess().stream().toList());
    }

    /** The running agent. */
    public Optional<HostProcess> agentProcess() {
        return processes().stream()
                .filter(process -> process.arguments().contains(AgentProgram.MAIN_CLASS)
                        && process.arguments().contains("run"))
                .findFirst();
    }

    /** Stops every process of the host in its tracks (SIGSTOP), as a machine that hangs. */
    public void pause() {
        Signals.send("STOP", processes().stream().map(HostProcess::pid).toList());
    }

    /** Lets a paused host go on. */
    public void resume() {
        Signals.send("CONT", processes().stream().map(HostProcess::pid).toList());
    }

    /** Stops the agent alone in its tracks. */
    public void pauseAgent() {
        Signals.send("STOP", agentProcess().stream().map(HostProcess::pid).toList());
    }

    /** Lets a paused agent go on. */
    public void resumeAgent() {
        Signals.send("CONT", agentProcess().stream().map(HostProcess::pid).toList());
    }

    /** Cuts the host off: no frame comes or goes, and nobody is told. */
    public void partition() {
        network.cut(number);
    }

    /** Ends what {@link #partition} and {@link #delay} did. */
    public void heal() {
        stopDelay();
        network.mend(number);
    }

    /**
     * Makes every frame to and from the host this much later, for as long as this process runs or until
     * {@link #heal}.
     */
    public void delay(Duration each) {
        stopDelay();
        delay = Optional.of(FrameDelay.start(names, number, each));
    }

    void stopDelay() {
        delay.ifPresent(FrameDelay::close);
        delay = Optional.empty();
    }

    /** Names of the domains that libvirt knows to be active, paused ones and incoming ones too. */
    public List<String> domains() {
        return exec("virsh", "-q", "list", "--name")
                .output()
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }

    /** The QEMUs of guests, asked of the kernel and not of libvirt. */
    public List<HostProcess> qemuProcesses() {
        return processes().stream()
                .filter(process -> process.program().startsWith("qemu-system-")
                        && process.arguments().contains("-name"))
                .toList();
    }

    /** The domain's name in the argument vector of its QEMU. */
    public String guestName(HostProcess qemu) {
        String value = qemu.arguments().get(qemu.arguments().indexOf("-name") + 1);
        return value.replaceFirst("^guest=", "").replaceFirst(",debug-threads=on$", "");
    }

    /** Every process of the host. */
    public List<HostProcess> processes() {
        return namespace.processes();
    }

    /** Processes by the name of their program. */
    public List<HostProcess> processes(String program) {
        return processes().stream()
                .filter(process -> process.program().equals(program))
                .toList();
    }

    /** Kills processes without warning and waits until they are gone. */
    public void kill(List<HostProcess> victims) {
        List<Long> pids = new ArrayList<>();
        victims.forEach(victim -> pids.add(victim.pid()));
        Signals.send("KILL", pids);
        Await.until(
                "the end of " + victims,
                Duration.ofSeconds(20),
                () -> processes().stream().noneMatch(process -> pids.contains(process.pid())));
    }
}
