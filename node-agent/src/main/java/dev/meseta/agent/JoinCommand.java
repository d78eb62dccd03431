package dev.meseta.agent;

import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.grpc.GrpcEnrolment;
import dev.meseta.agent.identity.IdentityFiles;
import dev.meseta.agent.identity.Joining;
import dev.meseta.agent.system.DurableFiles;
import dev.meseta.agent.system.HostAndPort;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "join",
        mixinStandardHelpOptions = true,
        description = "Makes this machine a host of a Meseta installation.")
final class JoinCommand implements Callable<Integer> {

    private static final int DEFAULT_PORT = 9443;

    @Parameters(
            arity = "1..*",
            paramLabel = "URL",
            description =
                    "A manager's address for agents: https://host:port; of several managers, whoever answers is asked.")
    private List<String> urls = List.of();

    @Option(
            names = "--token",
            required = true,
            paramLabel = "T",
            description = "One-time token; - reads it from standard input.")
    private String token = "";

    @Option(
            names = "--ca-fingerprint",
            required = true,
            paramLabel = "F",
            description = "SHA-256 of the manager's CA certificate, hex.")
    private String caFingerprint = "";

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            description = "Where the agent keeps its state: ${DEFAULT-VALUE}.")
    private Path stateDirectory = Path.of("/var/lib/meseta-agent");

    @Option(names = "--listen", paramLabel = "ADDR:PORT", description = "Where the agent serves: ${DEFAULT-VALUE}.")
    private String listen = "0.0.0.0:" + DEFAULT_PORT;

    @Option(
            names = "--migration-address",
            paramLabel = "A",
            description = "This host's address for migrations and overlays; else the advertised one.")
    private Optional<String> migrationAddress = Optional.empty();

    @Option(
            names = "--advertise",
            paramLabel = "HOST:PORT",
            description = "How the manager and other hosts reach this agent; else the address it listens on.")
    private Optional<String> advertise = Optional.empty();

    @Option(names = "--force", description = "Join again, as a new host.")
    private boolean force;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        IdentityFiles identity = new IdentityFiles(stateDirectory);
        if (identity.present() && !force) {
            err().println("This machine has joined already (" + stateDirectory + "); --force joins again.");
            return 2;
        }
        AgentConfiguration configuration;
        try {
            configuration = configuration();
        } catch (IllegalArgumentException e) {
            err().println(e.getMessage());
            return 2;
        }
        ExecutorService executor = Executors.newCachedThreadPool(
                Thread.ofPlatform().name("join-", 0).daemon().factory());
        try {
            String hostId = new Joining(
                            identity, GrpcEnrolment.pinned(configuration.managers(), caFingerprint, executor))
                    .join(request(configuration));
            DurableFiles.createPrivateDirectory(stateDirectory);
            configuration.write(AgentConfiguration.fileIn(stateDirectory));
            out().println("Joined as host " + hostId + ". Start the agent: meseta-agent run --state-dir "
                    + stateDirectory);
            return 0;
        } catch (AgentException e) {
            err().println(e.code() + ": " + e.detail());
            return 1;
        } catch (IllegalArgumentException e) {
            err().println(e.getMessage());
            return 2;
        } finally {
            executor.shutdown();
        }
    }

    private AgentConfiguration configuration() {
        HostAndPort listening = HostAndPort.parse(listen);
        HostAndPort advertised = advertise.map(HostAndPort::parse).orElse(listening);
        if (advertised.host().equals("0.0.0.0") || advertised.host().equals("::")) {
            throw new IllegalArgumentException(
                    "Give --advertise HOST:PORT: " + advertised + " is no address that others can reach");
        }
        return AgentConfiguration.of(
                urls.stream().map(JoinCommand::managerAddress).toList(),
                listening,
                advertised,
                migrationAddress.orElse(advertised.host()));
    }

    static HostAndPort managerAddress(String url) {
        String address = url.strip();
        if (address.toLowerCase(Locale.ROOT).startsWith("https://")) {
            address = address.substring("https://".length());
        }
        if (address.endsWith("/")) {
            address = address.substring(0, address.length() - 1);
        }
        return HostAndPort.parse(address);
    }

    private Joining.Request request(AgentConfiguration configuration) throws IOException {
        String secret = token;
        if (secret.equals("-")) {
            String line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
            secret = line == null ? "" : line.strip();
        }
        return new Joining.Request(
                secret,
                caFingerprint,
                Files.readString(Path.of("/proc/sys/kernel/hostname")).strip(),
                configuration.advertise().toString(),
                configuration.migrationAddress(),
                AgentVersion.current());
    }

    private PrintWriter out() {
        return commandLine().getOut();
    }

    private PrintWriter err() {
        return commandLine().getErr();
    }

    private picocli.CommandLine commandLine() {
        CommandSpec injected = spec;
        if (injected == null) {
            throw new IllegalStateException("The command was not started by its command line");
        }
        return injected.commandLine();
    }
}
