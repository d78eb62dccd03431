package dev.meseta.lab;

import dev.meseta.lab.command.AuditCommand;
import dev.meseta.lab.command.BenchCommand;
import dev.meseta.lab.command.DoctorCommand;
import dev.meseta.lab.command.DownCommand;
import dev.meseta.lab.command.ExecCommand;
import dev.meseta.lab.command.LogsCommand;
import dev.meseta.lab.command.StatusCommand;
import dev.meseta.lab.command.TestCommand;
import dev.meseta.lab.command.UpCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code ./meseta}. */
@Command(
        name = "meseta",
        description = "A virtualized data center on this machine.",
        subcommands = {
            UpCommand.class,
            DownCommand.class,
            StatusCommand.class,
            LogsCommand.class,
            ExecCommand.class,
            TestCommand.class,
            BenchCommand.class,
            AuditCommand.class,
            DoctorCommand.class
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "VERB")
public final class LabMain {

    private LabMain() {}

    /** Ends with exit code 0 on success, 1 when something failed, 2 for a wrong command line. */
    public static void main(String[] arguments) {
        CommandLine commandLine = new CommandLine(new LabMain()).setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setExecutionExceptionHandler((failure, where, parsed) -> {
            where.getErr().println("meseta: " + messageOf(failure));
            if (System.getenv("MESETA_DEBUG") != null) {
                failure.printStackTrace(where.getErr());
            }
            where.getErr().flush();
            return 1;
        });
        System.exit(commandLine.execute(arguments));
    }

    private static String messageOf(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
