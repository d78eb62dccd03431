package dev.meseta.lab.command;

import dev.meseta.lab.bench.BenchContext;
import dev.meseta.lab.bench.BenchReport;
import dev.meseta.lab.bench.Benchmark;
import dev.meseta.lab.stack.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a benchmark. */
@Command(
        name = "bench",
        description = "Measures and prints medians and ratios; lists the benchmarks without a name.",
        mixinStandardHelpOptions = true)
public final class BenchCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "Which benchmark.")
    private Optional<String> name = Optional.empty();

    @Option(
            names = "--simulated",
            paramLabel = "N",
            defaultValue = "" + BenchContext.SIMULATED_HOSTS,
            description = "Simulated hosts, for benchmarks that have any (default: ${DEFAULT-VALUE}).")
    private int simulated;

    @Option(
            names = "--part",
            paramLabel = "PART",
            description = "Measures this part alone; may be repeated. The list of benchmarks shows which there are.")
    private List<String> parts = List.of();

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the result as JSON, too.")
    private Optional<Path> json = Optional.empty();

    @SuppressWarnings("NullAway.Init")
    public BenchCommand() {}

    @Override
    public Integer call() throws IOException {
        List<Benchmark> known = ServiceLoader.load(Benchmark.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        PrintWriter out = spec.commandLine().getOut();
        if (name.isEmpty()) {
            known.forEach(benchmark -> out.printf(
                    "%-14s %s%s%n",
                    benchmark.name(),
                    benchmark.about(),
                    benchmark.parts().isEmpty() ? "" : "; parts: " + String.join(", ", benchmark.parts())));
            out.flush();
            return 0;
        }
        Benchmark wanted = known.stream()
                .filter(benchmark -> benchmark.name().equals(name.get()))
                .findFirst()
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "there is no benchmark '%s'; there are %s"
                                .formatted(
                                        name.get(),
                                        known.stream().map(Benchmark::name).toList())));
        parts.stream()
                .filter(part -> !wanted.parts().contains(part))
                .findFirst()
                .ifPresent(part -> {
                    throw new ParameterException(
                            spec.commandLine(),
                            "'%s' has no part '%s'; it has %s".formatted(wanted.name(), part, wanted.parts()));
                });
        Surroundings surroundings = Surroundings.ofEnvironment();
        Path work = surroundings.state().root().resolve("bench-" + wanted.name());
        BenchReport report = wanted.run(
                new BenchContext(surroundings.repository(), work, new Progress(out), simulated, Set.copyOf(parts)));
        out.println(report.table());
        out.flush();
        if (json.isPresent()) {
            Files.writeString(json.get(), report.json() + "\n");
        }
        return 0;
    }
}
