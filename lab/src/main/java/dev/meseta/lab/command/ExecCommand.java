package dev.meseta.lab.command;

import dev.meseta.lab.host.LabHost;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Runs a command inside a lab host. */
@Command(
        name = "exec",
        description = "Runs a command inside a lab host, for instance: exec host-1 -- virsh list",
        mixinStandardHelpOptions = true)
public final class ExecCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "HOST", description = "Name of the host.")
    private String host;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "CMD",
            description = "Program and its arguments, after --.")
    private List<String> command;

    @SuppressWarnings("NullAway.Init")
    public ExecCommand() {}

    /** The command's own exit code. */
    @Override
    public Integer call() throws IOException, InterruptedException {
        LabHost target = Surroundings.ofEnvironment().stack().lab().host(host);
        return new ProcessBuilder(target.inside(command)).inheritIO().start().waitFor();
    }
}
