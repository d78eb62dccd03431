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

    /** Threads that carry virtual ones. */
    private static final String CARRIERS = "jdk.virtualThreadScheduler.parallelism";

    private static final int LEAST_CARRIERS = 16;

    private AgentMain() {}

    public static void main(String[] arguments) {
        // Before anything logs, and without a call to that class: it would begin with Java's own log manager.
        System.setProperty("java.util.logging.manager", AgentLogManager.class.getName());
        // Read when the first virtual thread begins. One that waits while a class is loaded keeps its carrier (JEP 491,
        // "Future work"); when all carriers do, and whoever they wait for needs one, everything stands still for good.
        if (System.getProperty(CARRIERS) == null) {
            System.setProperty(
                    CARRIERS,
                    Integer.toString(
                            Math.max(LEAST_CARRIERS, Runtime.getRuntime().availableProcessors())));
        }
        System.exit(new CommandLine(new AgentMain()).execute(arguments));
    }

    static final class Version implements CommandLine.IVersionProvider {

        @Override
        public String[] getVersion() {
            return new String[] {"meseta-agent " + AgentVersion.current()};
        }
    }
}
