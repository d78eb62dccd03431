package dev.meseta.lab.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How the node agent is run: it is the same build for every host, read from the machine's own file system.
 *
 * @param java the Java launcher
 * @param classPath the agent's jars
 * @param traces where running agents send traces; empty: nowhere
 */
public record AgentProgram(Path java, Path options, List<Path> classPath, Optional<String> traces) {

    static final String MAIN_CLASS = "dev.meseta.agent.AgentMain";

    private static final String TRACES = "--traces";

    public AgentProgram {
        classPath = List.copyOf(classPath);
    }

    /**
     * The agent as Maven's package phase left it.
     *
     * @param repository root of the source tree
     * @throws IllegalStateException when it has not been built
     */
    public static AgentProgram ofBuild(Path repository) {
        Path target = repository.resolve("node-agent/target");
        List<Path> jars = new ArrayList<>();
        try (Stream<Path> own = Files.list(target);
                Stream<Path> libraries = Files.list(target.resolve("lib"))) {
            own.filter(file -> file.getFileName().toString().matches("meseta-node-agent-.*\\.jar"))
                    .filter(file -> !file.getFileName().toString().matches(".*-(tests|sources|javadoc)\\.jar"))
                    .forEach(jars::add);
            libraries.filter(file -> file.toString().endsWith(".jar")).sorted().forEach(jars::add);
        } catch (IOException e) {
            throw new UncheckedIOException("the node agent is not built in " + target, e);
        }
        return of(repository.resolve("node-agent/src/main/dist/jvm.options"), jars);
    }

    /**
     * The agent in these jars, run by the Java that runs this.
     *
     * @param options file with the options of the virtual machine that the agent ships with
     */
    public static AgentProgram of(Path options, List<Path> classPath) {
        return new AgentProgram(
                Path.of(System.getProperty("java.home"), "bin", "java"), options, classPath, Optional.empty());
    }

    /** The whole argument vector for many agents in one process, which needs options of its own. */
    public List<String> fleetCommand(List<String> virtualMachine, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        command.addAll(virtualMachine);
        command.addAll(List.of(
                "-cp", String.join(":", classPath.stream().map(Path::toString).toList()), MAIN_CLASS));
        command.addAll(arguments);
        return command;
    }

    /** The same, sending traces there. */
    public AgentProgram tracedTo(Optional<String> collector) {
        return new AgentProgram(java, options, classPath, collector);
    }

    /** The whole argument vector of an agent that serves. */
    List<String> runCommand(String stateDirectory) {
        List<String> arguments = new ArrayList<>(List.of("run", "--state-dir", stateDirectory));
        traces.ifPresent(url -> arguments.addAll(List.of(TRACES, url)));
        return command(arguments);
    }

    /** Whether a running agent is this one, by its arguments. */
    boolean isRunAs(List<String> arguments) {
        return arguments.containsAll(command(List.of()))
                && traces.map(arguments::contains).orElse(!arguments.contains(TRACES));
    }

    /** The whole argument vector for a command of the agent. */
    List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                java.toString(),
                "@" + options,
                "-cp",
                String.join(":", classPath.stream().map(Path::toString).toList()),
                MAIN_CLASS));
        command.addAll(arguments);
        return command;
    }
}
