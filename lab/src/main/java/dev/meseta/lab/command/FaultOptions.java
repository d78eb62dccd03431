package dev.meseta.lab.command;

import dev.meseta.lab.faults.FaultReport;
import dev.meseta.lab.faults.FaultRun;
import dev.meseta.lab.faults.RunOptions;
import dev.meseta.lab.process.FileTrees;
import dev.meseta.lab.stack.Progress;
import dev.meseta.lab.stack.Stack;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** A run of fault injection, as a person wants it. */
final class FaultOptions {

    private static final int HIGHEST_SEED = 1_000_000;

    @Option(names = "--seed", paramLabel = "N", description = "The same workload and faults again (default: any).")
    private Optional<Long> seed = Optional.empty();

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = Lasting.class,
            description = "How long load and faults last, for instance 90s or 30m (default: 90s).")
    private Optional<Duration> duration = Optional.empty();

    @Option(names = "--hosts", paramLabel = "N", description = "How many hosts (default: 60, of --real 3).")
    private Optional<Integer> hosts = Optional.empty();

    @Option(names = "--operations", paramLabel = "N", description = "At most so many requests.")
    private Optional<Integer> operations = Optional.empty();

    @Option(names = "--clients", paramLabel = "N", description = "How many clients work at once.")
    private Optional<Integer> clients = Optional.empty();

    @Option(names = "--managers", paramLabel = "N", description = "How many managers (default: 1).")
    private Optional<Integer> managers = Optional.empty();

    @Option(names = "--real", description = "Real hosts with libvirt and QEMU instead of simulated ones.")
    private boolean real;

    /** Exit code 0 when every property held. */
    int run(Surroundings surroundings, PrintWriter out) throws IOException {
        Path work = surroundings.state().root().resolve("faults");
        Path leftover = work.resolve("data-center");
        if (Files.exists(leftover)) {
            // Of a run that somebody broke off.
            Stack.lasting(surroundings.repository(), leftover).stopPrograms();
            FileTrees.delete(leftover);
        }
        FaultReport report = new FaultRun(options(), surroundings.repository(), work, new Progress(out)).run();
        out.println();
        out.println(report.table());
        out.flush();
        return report.held() ? 0 : 1;
    }

    private RunOptions options() {
        long chosen = seed.orElseGet(() -> (long) new SecureRandom().nextInt(HIGHEST_SEED));
        RunOptions usual = real ? RunOptions.boundedReal(chosen) : RunOptions.bounded(chosen);
        return new RunOptions(
                chosen,
                duration.orElse(usual.duration()),
                hosts.orElse(usual.hosts()),
                real,
                managers.orElse(usual.managers()),
                clients.orElse(usual.clients()),
                operations.orElse(duration.isPresent() ? Integer.MAX_VALUE : usual.operations()),
                usual.slots());
    }

    /** {@code 90s}, {@code 30m} or {@code 2h}. */
    static final class Lasting implements ITypeConverter<Duration> {

        @Override
        public Duration convert(String text) {
            try {
                return Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
            } catch (DateTimeParseException e) {
                throw new TypeConversionException("'%s' is no duration; try 90s, 30m or 2h".formatted(text));
            }
        }
    }
}
