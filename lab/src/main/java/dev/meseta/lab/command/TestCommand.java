package dev.meseta.lab.command;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs the tests. */
@Command(
        name = "test",
        description = "Runs tests: unit, integration, e2e, ui, faults, or all (the default).",
        mixinStandardHelpOptions = true)
public final class TestCommand implements Callable<Integer> {

    /** Lines of Maven's and Vitest's that are worth a person's time. */
    private static final Pattern TELLING = Pattern.compile(
            "\\[ERROR\\].*|.*Tests run:.*|\\[INFO\\] Running .*|\\[INFO\\] BUILD .*|.*FAIL.*|.*\\bTests? +(Files +)?.*\\d+ (passed|failed).*");

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            defaultValue = "all",
            paramLabel = "KIND",
            description = "One of ${COMPLETION-CANDIDATES}.")
    private Kind kind;

    @ArgGroup(exclusive = false, heading = "Options of faults:%n")
    private FaultOptions faultOptions = new FaultOptions();

    @SuppressWarnings("NullAway.Init")
    public TestCommand() {}

    /** Kinds of tests; their names are also the tags of the test classes. */
    enum Kind {
        UNIT,
        INTEGRATION,
        E2E,
        UI,
        /** One run of fault injection as the options say; the bounded one is among the end-to-end tests. */
        FAULTS,
        ALL;

        /** Tag expressions, one for each run of Maven: what is quick and tells most comes first. */
        List<String> runs() {
            return this == ALL ? List.of("unit|integration", "e2e", "ui") : List.of(toString());
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Exit code 0 when every test has passed. Later runs do not start when an earlier one has failed. */
    @Override
    public Integer call() throws IOException, InterruptedException {
        Surroundings surroundings = Surroundings.ofEnvironment();
        PrintWriter out = spec.commandLine().getOut();
        if (kind == Kind.FAULTS) {
            return faultOptions.run(surroundings, out);
        }
        for (String groups : kind.runs()) {
            out.println("── tests: " + groups);
            int exit = maven(surroundings, groups, out);
            if (exit == 0 && groups.startsWith("unit")) {
                out.println("── tests of the page: unit");
                exit = page(surroundings, out);
            }
            if (exit != 0) {
                return exit;
            }
        }
        return 0;
    }

    private static int maven(Surroundings surroundings, String groups, PrintWriter out)
            throws IOException, InterruptedException {
        return run(
                List.of(
                        surroundings.repository().resolve("mvnw").toString(),
                        "-B",
                        "-ntp",
                        "--fail-at-end",
                        "-Dmeseta.test.groups=" + groups,
                        // The page was built when this command was.
                        "-Dmeseta.web.skip=true",
                        "test"),
                surroundings.repository(),
                log(surroundings, groups.replace('|', '-')),
                out);
    }

    private static int page(Surroundings surroundings, PrintWriter out) throws IOException, InterruptedException {
        return run(
                List.of("npm", "run", "--silent", "test"),
                surroundings.repository().resolve("web-ui"),
                log(surroundings, "page"),
                out);
    }

    private static Path log(Surroundings surroundings, String name) throws IOException {
        return Files.createDirectories(surroundings.state().root()).resolve("test-" + name + ".log");
    }

    private static int run(List<String> command, Path folder, Path log, PrintWriter out)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .start();
        try (BufferedReader lines = process.inputReader();
                BufferedWriter full = Files.newBufferedWriter(log)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                full.write(line);
                full.newLine();
                if (TELLING.matcher(line).matches()) {
                    out.println(line);
                    out.flush();
                }
            }
        }
        int exit = process.waitFor();
        out.println("all that was said is in " + log);
        out.flush();
        return exit;
    }
}
