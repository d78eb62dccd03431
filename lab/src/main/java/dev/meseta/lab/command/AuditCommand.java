package dev.meseta.lab.command;

import dev.meseta.audit.AuditVerifier;
import dev.meseta.audit.AuditVerifier.BrokenException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Checks exported audit logs. */
@Command(
        name = "audit",
        description = "Checks an exported audit log, without a manager.",
        subcommands = AuditCommand.Verify.class,
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "VERB")
public final class AuditCommand {

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init")
    public AuditCommand() {}

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** Finds out whether somebody has touched a log. */
    @Command(
            name = "verify",
            description = "Says whether a log is as managers wrote it, or where it is not.",
            mixinStandardHelpOptions = true)
    public static final class Verify implements Callable<Integer> {

        @ParentCommand
        private AuditCommand audit;

        @Parameters(paramLabel = "FILE", description = "What GET /api/v1/audit/export answered.")
        private Path file;

        @Option(
                names = "--authority",
                paramLabel = "SHA-256",
                description =
                        "Fingerprint of the installation's audit authority. Without it, a log that somebody else wrote"
                                + " from its first line on looks whole.")
        private Optional<String> authority = Optional.empty();

        @Option(names = "--part", description = "The log was exported from some moment on.")
        private boolean part;

        @SuppressWarnings("NullAway.Init")
        public Verify() {}

        /** Exit code 1 and the place when it is broken. */
        @Override
        public Integer call() throws IOException {
            PrintWriter out = audit.out();
            AuditVerifier verifier = new AuditVerifier(
                    authority.map(text -> text.replace(":", "").toLowerCase(Locale.ROOT)), part);
            try (BufferedReader lines = Files.newBufferedReader(file)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    verifier.read(line);
                }
                print(verifier.finish(), out);
                return 0;
            } catch (BrokenException e) {
                out.println("BROKEN  " + file + ", " + e.getMessage());
                return 1;
            } finally {
                out.flush();
            }
        }

        private static void print(AuditVerifier.Report report, PrintWriter out) {
            out.printf(
                    "whole: %d records in %d lanes, %d checkpoints%n",
                    report.records(), report.lanes(), report.checkpoints());
            if (report.anchor() > 0) {
                out.printf(
                        "begins at anchor %d: what was before it was removed on purpose, and the anchor is signed%n",
                        report.anchor());
            }
            if (report.lastCheckpoint() > 0) {
                out.printf(
                        "newest checkpoint: %d %s (note it: a later export without it was cut off)%n",
                        report.lastCheckpoint(), report.lastCheckpointHash());
            }
            out.println("authority: " + report.authority());
            if (report.unsealed() > 0) {
                out.printf("not sealed yet: %d records; their end could have been cut off%n", report.unsealed());
            }
            if (report.unprotected() > 0) {
                out.printf("not protected: %d records from before there was a chain%n", report.unprotected());
            }
        }
    }
}
