package dev.meseta.lab.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.lab.stack.Progress;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The bounded run; {@code ./meseta test faults} makes longer ones and others. */
@Tag("e2e")
class FaultInjectionEndToEndTest {

    private static final long SEED = 23;

    @Test
    @Timeout(600)
    void whateverDiesEveryPropertyHolds(@TempDir Path directory) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);

        FaultReport report = new FaultRun(
                        RunOptions.bounded(SEED),
                        Path.of("..").toAbsolutePath().normalize(),
                        directory,
                        new Progress(out))
                .run();

        out.println(report.table());
        assertThat(report.requests()).as("a run that did nothing shows nothing").containsKey("accepted");
        assertThat(report.faults()).isNotEqualTo(Map.of());
        assertThat(report.violations()).isEmpty();
    }
}
