package dev.meseta.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.modulith.core.ApplicationModule;
import org.springframework.modulith.core.ApplicationModules;
import org.springframework.modulith.docs.Documenter;

/** The module graph is what the package descriptions say, and the diagram in the documentation is drawn from it. */
@Tag("unit")
class ModularityTest {

    private static final Path DIAGRAM = Path.of("..", "docs", "modules", "components.puml");

    private final ApplicationModules modules = ApplicationModules.of(ManagerApplication.class);

    @Test
    void modules_use_only_what_they_declare() {
        modules.verify();
    }

    @Test
    void no_test_hides_the_description_of_a_module() throws ClassNotFoundException {
        var code =
                ManagerApplication.class.getProtectionDomain().getCodeSource().getLocation();
        for (ApplicationModule module : modules) {
            Class<?> description = Class.forName(module.getBasePackage().getName() + ".package-info");
            assertThat(description.getProtectionDomain().getCodeSource().getLocation())
                    .as("%s must not exist among the tests", description.getName())
                    .isEqualTo(code);
        }
    }

    @Test
    void the_diagram_is_drawn_from_the_code(@TempDir Path drawn) throws IOException {
        new Documenter(modules, Documenter.Options.defaults().withOutputFolder(drawn.toString()))
                .writeModulesAsPlantUml();

        List<String> lines = Files.readAllLines(drawn.resolve("components.puml"));
        List<String> sorted = sortedRuns(lines);
        Files.createDirectories(DIAGRAM.getParent());
        Files.write(DIAGRAM, sorted);
        assertThat(sorted).anyMatch(line -> line.contains("Inventory"));
    }

    /** The documenter's order is not stable; runs of components and relations are sorted. */
    private static List<String> sortedRuns(List<String> lines) {
        List<String> result = new ArrayList<>();
        List<String> run = new ArrayList<>();
        for (String line : lines) {
            String word = line.strip();
            if (word.startsWith("Component(") || word.startsWith("Rel(")) {
                run.add(line);
            } else {
                run.stream().sorted().forEach(result::add);
                run.clear();
                result.add(line);
            }
        }
        run.stream().sorted().forEach(result::add);
        return result;
    }
}
