package dev.meseta.lab.ui;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.lab.process.ProgramResult;
import dev.meseta.lab.process.Programs;
import dev.meseta.lab.stack.Keycloak;
import dev.meseta.lab.stack.ManagerProcess;
import dev.meseta.lab.stack.Progress;
import dev.meseta.lab.stack.Stack;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** The web page in a real Chromium against a real data center: what a person does in it is in {@code web-ui/e2e}. */
@Tag("ui")
class BrowserTest {

    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
    private static final int HOSTS = 2;
    private static final int MANAGERS = 3;
    private static final int SIMULATED_HOSTS = 9;
    private static final Duration LIMIT = Duration.ofMinutes(15);

    @Test
    @Timeout(1500)
    void aPersonCreatesAVmAndMigratesIt(@TempDir Path directory) throws Exception {
        // QEMU's user must be able to pass.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (Stack stack = Stack.forThisProcess(REPOSITORY, directory)) {
            stack.up(HOSTS, Optional.empty(), progress());
            play(stack, "meseta.spec.ts", Map.of("MESETA_IMAGE", Stack.GUEST_IMAGE));
        }
    }

    @Test
    @Timeout(900)
    void aPersonSeesManagersDieAndGoesOnAtAnother(@TempDir Path directory) {
        try (Stack stack = Stack.forThisProcess(REPOSITORY, directory)) {
            stack.up(new Stack.Wanted(0, SIMULATED_HOSTS, MANAGERS, Optional.empty()), progress());
            ArrayNode managers = JsonMapper.shared().createArrayNode();
            for (ManagerProcess manager : stack.managers()) {
                managers.addObject()
                        .put("name", manager.name())
                        .put("url", manager.url())
                        .put("pid", manager.running().orElseThrow().pid());
            }
            play(
                    stack,
                    "managers.spec.ts",
                    Map.of("MESETA_MANAGERS", managers.toString(), "MESETA_HOSTS", "" + SIMULATED_HOSTS));
        }
    }

    @Test
    @Timeout(900)
    void aPersonSeesWhatAGrantSaysAndNothingElse(@TempDir Path directory) {
        try (Stack stack = Stack.forThisProcess(REPOSITORY, directory)) {
            stack.up(new Stack.Wanted(0, 2, 1, Optional.empty()), progress());
            play(stack, "access.spec.ts", Map.of("MESETA_ACCESS_STORY", "yes", "MESETA_IMAGE", Stack.GUEST_IMAGE));
        }
    }

    @Test
    @Timeout(900)
    void aPersonShowsWhoTheyAreInEveryWay(@TempDir Path directory) {
        Map<String, String> settings =
                Map.of("MESETA_IDENTITY_STEP_UP_WINDOW", "2s", "MESETA_IDENTITY_PASSKEY_NAMES", "localhost");
        try (Stack stack = Stack.forThisProcess(REPOSITORY, directory).managersWith(settings)) {
            stack.up(new Stack.Wanted(0, 1, 1, Optional.empty()), progress());
            List.of("doomed-1", "doomed-2", "doomed-3").forEach(stack::importBlankImage);
            playAtAName(stack, "sign-in.spec.ts", Map.of("MESETA_STEP_UP_SECONDS", "2"));
        }
    }

    @Test
    @Timeout(900)
    void whoeverMustHaveASecondFactorEnrolsOneFirst(@TempDir Path directory) {
        Map<String, String> settings =
                Map.of("MESETA_IDENTITY_MFA", "REQUIRED", "MESETA_IDENTITY_PASSKEY_NAMES", "localhost");
        try (Stack stack = Stack.forThisProcess(REPOSITORY, directory).managersWith(settings)) {
            stack.up(new Stack.Wanted(0, 1, 1, Optional.empty()), progress());
            playAtAName(stack, "must-enrol.spec.ts", Map.of("MESETA_MUST_ENROL", "yes"));
        }
    }

    @Test
    @Timeout(1200)
    void aPersonOfKeycloaksSignsInThere(@TempDir Path directory) {
        try (Stack stack = Stack.forThisProcess(REPOSITORY, directory)) {
            stack.up(new Stack.Wanted(0, 1, 1, Optional.empty()).withKeycloak(), progress());
            stack.importBlankImage("doomed-1");
            play(
                    stack,
                    "keycloak.spec.ts",
                    Map.of(
                            "MESETA_KEYCLOAK_USERNAME",
                            Keycloak.PERSON,
                            "MESETA_KEYCLOAK_PASSWORD_FILE",
                            stack.keycloak().personPassword().toString()));
        }
    }

    private static Progress progress() {
        return new Progress(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    }

    /** Passkeys work at names, and of names without a certificate that browsers know, at localhost alone. */
    private static void playAtAName(Stack stack, String file, Map<String, String> more) {
        URI manager = URI.create(stack.url());
        Map<String, String> environment = new HashMap<>(more);
        environment.put("MESETA_URL", "https://localhost:" + manager.getPort());
        environment.put("MESETA_HOST_RULES", "MAP localhost " + manager.getHost());
        play(stack, file, environment);
    }

    /** Lets a browser do what a file of {@code web-ui/e2e} says. */
    private static void play(Stack stack, String file, Map<String, String> more) {
        ProcessBuilder browser = new ProcessBuilder(List.of("npm", "run", "--silent", "e2e", "--", file))
                .directory(REPOSITORY.resolve("web-ui").toFile());
        browser.environment()
                .putAll(Map.of(
                        "MESETA_URL",
                        stack.url(),
                        "MESETA_USERNAME",
                        stack.accessValue("username"),
                        "MESETA_PASSWORD_FILE",
                        stack.accessValue("passwordFile"),
                        "MESETA_TEST_RESULTS",
                        Path.of("target/browser-results").toAbsolutePath().toString(),
                        "MESETA_SCREENSHOTS",
                        Path.of("target/screenshots").toAbsolutePath().toString()));
        browser.environment().putAll(more);
        ProgramResult result = Programs.run(browser, LIMIT);
        System.out.println(result.output());
        assertThat(result.exitCode())
                .describedAs(result.output() + result.errors())
                .isZero();
    }
}
