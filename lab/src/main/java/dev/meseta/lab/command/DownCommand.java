package dev.meseta.lab.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Stops the data center. */
@Command(name = "down", description = "Stops all that 'up' started and nothing else.", mixinStandardHelpOptions = true)
public final class DownCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--purge", description = "Throws the data away, too: database, disks, keys.")
    private boolean purge;

    @SuppressWarnings("NullAway.Init")
    public DownCommand() {}

    @Override
    public Integer call() {
        Surroundings surroundings = Surroundings.ofEnvironment();
        if (purge) {
            Removal.stopAndPurge(surroundings);
        } else {
            surroundings.stack().down();
        }
        spec.commandLine().getOut().println(purge ? "stopped, data removed" : "stopped");
        spec.commandLine().getOut().flush();
        return 0;
    }
}
