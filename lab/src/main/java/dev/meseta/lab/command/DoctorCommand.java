package dev.meseta.lab.command;

import dev.meseta.lab.command.MachineChecks.Finding;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Says what this machine can and cannot do. */
@Command(
        name = "doctor",
        description = "What this machine can and cannot do, with the fix for each.",
        mixinStandardHelpOptions = true)
public final class DoctorCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init")
    public DoctorCommand() {}

    /** Exit code 1 when something is missing without which {@code up} cannot work. */
    @Override
    public Integer call() {
        List<Finding> findings = new MachineChecks(Surroundings.ofEnvironment()).run();
        PrintWriter out = spec.commandLine().getOut();
        for (Finding finding : findings) {
            out.printf(
                    Locale.ROOT,
                    "%-8s %-22s %s%n",
                    finding.level().name().toLowerCase(Locale.ROOT),
                    finding.subject(),
                    finding.found());
            if (!finding.fix().isEmpty()) {
                out.printf(Locale.ROOT, "%-8s %-22s fix: %s%n", "", "", finding.fix());
            }
        }
        out.flush();
        return findings.stream().anyMatch(finding -> finding.level() == MachineChecks.Level.MISSING) ? 1 : 0;
    }
}
