package dev.meseta.lab.ui;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.lab.process.ProgramResult;
import dev.meseta.lab.process.Programs;
import dev.meseta.lab.stack.Progress;
import dev.meseta.lab.stack.Stack;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The web page in a real Chromium against a real data center: what a person does in it is in {@code web-ui/e2e}. */
@Tag("ui")
class BrowserTest {

    private static final int HOSTS = 2;
    private static final Duration LIMIT = Duration.ofMinutes(15);

    @Test
    @Timeout(1500)
    void aPersonCreatesAVmAndMigratesIt(@TempDir Path directory) throws Exception {
        // QEMU's user must be able to pass.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path repository = Path.of("..").toAbsolutePath().normalize();
        try (Stack stack = Stack.forThisProcess(repository, directory)) {
            stack.up(HOSTS, Optional.empty(), new Progress(new PrintWriter(System.out, true, StandardCharsets.UTF_8)));
            ProcessBuilder browser = new ProcessBuilder(List.of("npm", "run", "--silent", "e2e"))
                    .directory(repository.resolve("web-ui").toFile());
            browser.environment().put("MESETA_URL", stack.url());
            browser.environment().put("MESETA_USERNAME", stack.accessValue("username"));
            browser.environment().put("MESETA_PASSWORD_FILE", stack.accessValue("passwordFile"));
            browser.environment().put("MESETA_IMAGE", Stack.GUEST_IMAGE);
            browser.environment()
                    .put(
                            "MESETA_TEST_RESULTS",
                            Path.of("target/browser-results").toAbsolutePath().toString());
            browser.environment()
                    .put(
                            "MESETA_SCREENSHOTS",
                            Path.of("target/screenshots").toAbsolutePath().toString());
            ProgramResult result = Programs.run(browser, LIMIT);
            System.out.println(result.output());
            assertThat(result.exitCode())
                    .describedAs(result.output() + result.errors())
                    .isZero();
        }
    }
}
