package dev.meseta.agent;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The node agent's command line. */
@Command(
        name = "meseta-agent",
        mixinStandardHelpOptions = true,
        versionProvider = AgentMain.Version.class,
        subcommands = {JoinCommand.class, RunCommand.class, FleetCommand.class},
        description = "Runs virtual machines on this host for a Meseta manager.")
public final class AgentMain {

    private AgentMain() {}

    public static void main(String[] arguments) {
        // Before anything logs, and without a call to that class: it would begin with Java's own log manager.
        System.setProperty("java.util.logging.manager", AgentLogManager.class.getName());
        System.exit(new CommandLine(new AgentMain()).execute(arguments));
    }

    static final class Version implements CommandLine.IVersionProvider {

        @Override
        public String[] getVersion() {
            return new String[] {"meseta-agent " + AgentVersion.current()};
        }
    }
}
