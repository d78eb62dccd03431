package dev.meseta.lab.command;

import dev.meseta.lab.stack.Collector;
import dev.meseta.lab.stack.Keycloak;
import dev.meseta.lab.stack.Progress;
import dev.meseta.lab.stack.Stack;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Starts the data center. */
@Command(
        name = "up",
        description = "Starts manager and hosts; running it again is harmless.",
        mixinStandardHelpOptions = true)
public final class UpCommand implements Callable<Integer> {

    private static final int MOST_HOSTS = 32;
    private static final int MOST_SIMULATED = 10_000;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--hosts",
            paramLabel = "N",
            defaultValue = "2",
            description = "Real hosts (default: ${DEFAULT-VALUE}).")
    private int hosts;

    @Option(
            names = "--simulated",
            paramLabel = "N",
            defaultValue = "0",
            description = "Simulated hosts beside the real ones; --hosts 0 for simulated ones alone.")
    private int simulated;

    @Option(
            names = "--managers",
            paramLabel = "N",
            defaultValue = "0",
            description = "Managers, all of them active, on one database (default: as before, or 1).")
    private int managers;

    @Option(
            names = "--database",
            paramLabel = "JDBC-URL",
            description = "A PostgreSQL 15 or newer instead of the embedded one.")
    private Optional<String> database = Optional.empty();

    @Option(
            names = "--traces",
            paramLabel = "URL",
            description =
                    "Where traces go, by OTLP over HTTP, like http://localhost:4318; 'none' for nowhere (default: as"
                            + " before).")
    private Optional<String> traces = Optional.empty();

    @Option(
            names = "--keycloak",
            description = "A real Keycloak beside it, with the realm that comes with Meseta, to sign in with.")
    private boolean keycloak;

    @Option(names = "--fresh", description = "Throws away what an earlier 'up' has left, then starts.")
    private boolean fresh;

    @SuppressWarnings("NullAway.Init")
    public UpCommand() {}

    private Optional<Collector> collector() {
        try {
            return traces.map(Collector::of);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--traces: " + e.getMessage(), e);
        }
    }

    @Override
    public Integer call() {
        if (simulated < 0 || simulated > MOST_SIMULATED) {
            throw new ParameterException(
                    spec.commandLine(), "--simulated takes 0 to %d, not %d".formatted(MOST_SIMULATED, simulated));
        }
        int fewest = simulated > 0 ? 0 : 1;
        if (hosts < fewest || hosts > MOST_HOSTS) {
            throw new ParameterException(
                    spec.commandLine(), "--hosts takes %d to %d, not %d".formatted(fewest, MOST_HOSTS, hosts));
        }
        if (managers < 0 || managers > Stack.MOST_MANAGERS) {
            throw new ParameterException(
                    spec.commandLine(), "--managers takes 1 to %d, not %d".formatted(Stack.MOST_MANAGERS, managers));
        }
        Surroundings surroundings = Surroundings.ofEnvironment();
        PrintWriter out = spec.commandLine().getOut();
        Progress progress = new Progress(out);
        if (fresh) {
            progress.step("throwing away the earlier data center");
            Removal.stopAndPurge(surroundings);
        }
        Stack stack = surroundings.stack();
        stack.up(new Stack.Wanted(hosts, simulated, managers, database, collector(), keycloak), progress);
        out.println();
        stack.managers().forEach(manager -> out.println("Page       " + manager.url()));
        out.println("User       " + stack.accessValue("username"));
        out.println("Password   in " + stack.accessValue("passwordFile"));
        out.println("API token  in " + stack.accessValue("tokenFile"));
        out.println("Authority  " + stack.accessValue("caFile"));
        if (stack.keycloak().isWanted()) {
            out.println("Keycloak   " + stack.keycloak().url());
            out.println("Its user   %s, password in %s"
                    .formatted(Keycloak.PERSON, stack.keycloak().personPassword()));
        }
        out.flush();
        return 0;
    }
}
