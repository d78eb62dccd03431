package dev.meseta.lab.command;

import dev.meseta.lab.host.Lab;
import dev.meseta.lab.host.LabHost;
import dev.meseta.lab.stack.Stack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows logs. */
@Command(
        name = "logs",
        description =
                "Shows the end of a log: manager, manager-2, database, keycloak, simulated, host-1, host-1/libvirtd and so on; of all without a name.",
        mixinStandardHelpOptions = true)
public final class LogsCommand implements Callable<Integer> {

    private static final int LINES = 100;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "Whose log.")
    private Optional<String> name = Optional.empty();

    @Option(names = "-f", description = "Goes on showing what is added.")
    private boolean follow;

    @SuppressWarnings("NullAway.Init")
    public LogsCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        Surroundings surroundings = Surroundings.ofEnvironment();
        Map<String, Path> known = logs(surroundings.stack());
        List<Path> wanted = new ArrayList<>();
        if (name.isPresent()) {
            Path log = known.get(name.get());
            if (log == null) {
                throw new ParameterException(
                        spec.commandLine(), "there is no log '%s'; there are %s".formatted(name.get(), known.keySet()));
            }
            wanted.add(log);
        } else {
            known.values().stream().filter(Files::exists).forEach(wanted::add);
        }
        wanted.removeIf(log -> !Files.exists(log) && !follow);
        if (wanted.isEmpty()) {
            spec.commandLine().getErr().println("meseta: nothing has been logged");
            return 1;
        }
        List<String> command = new ArrayList<>(List.of("tail", "-n", Integer.toString(LINES)));
        if (follow) {
            command.add("-F");
        }
        command.add("--");
        wanted.forEach(log -> command.add(log.toString()));
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    private static Map<String, Path> logs(Stack stack) {
        Map<String, Path> logs = new LinkedHashMap<>();
        stack.managers().forEach(manager -> logs.put(manager.name(), manager.log()));
        logs.put("database", stack.postgres().log());
        logs.put("keycloak", stack.keycloak().log());
        logs.put("simulated", stack.fleet().log());
        for (LabHost host : stack.existingLab().map(Lab::hosts).orElse(List.of())) {
            logs.put(host.name(), host.log("agent"));
            logs.put(host.name() + "/libvirtd", host.disk("/var/log/libvirt/libvirtd.log"));
            logs.put(host.name() + "/host", host.log("host"));
        }
        return logs;
    }
}
