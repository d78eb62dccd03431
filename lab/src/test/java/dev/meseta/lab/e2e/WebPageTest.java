package dev.meseta.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.lab.process.ProgramResult;
import dev.meseta.lab.process.Programs;
import dev.meseta.lab.stack.Stack;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The web page in a real Chromium against a real data center: the browser tests of {@code web-ui/e2e}. */
@Tag("ui")
@Timeout(900)
class WebPageTest {

    private static final Duration LIMIT = Duration.ofMinutes(10);

    @Test
    void aPersonSignsInCreatesAVmAndWatchesItMove(@TempDir Path directory) {
        try (TestDataCenter dataCenter = TestDataCenter.start(directory.resolve("state"))) {
            Path page = Path.of("../web-ui").toAbsolutePath().normalize();
            ProcessBuilder browser =
                    new ProcessBuilder(List.of("npx", "--no-install", "playwright", "test")).directory(page.toFile());
            browser.environment()
                    .putAll(Map.of(
                            "MESETA_URL", dataCenter.stack().url(),
                            "MESETA_USERNAME", dataCenter.stack().accessValue("username"),
                            "MESETA_PASSWORD_FILE", dataCenter.stack().accessValue("passwordFile"),
                            "MESETA_IMAGE", Stack.GUEST_IMAGE,
                            "MESETA_SCREENSHOTS",
                                    Path.of("target/screenshots")
                                            .toAbsolutePath()
                                            .toString(),
                            "MESETA_TEST_RESULTS", directory.resolve("results").toString()));

            ProgramResult result = Programs.run(browser, LIMIT);

            assertThat(result.succeeded()).as(result.output() + result.errors()).isTrue();
        }
    }
}
