package dev.meseta.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;
import org.springframework.modulith.docs.Documenter;

/** The module graph is what the package descriptions say, and the diagram in the documentation is drawn from it. */
@Tag("unit")
class ModularityTest {

    private final ApplicationModules modules = ApplicationModules.of(ManagerApplication.class);

    @Test
    void modules_use_only_what_they_declare() {
        modules.verify();
    }

    @Test
    void the_diagram_is_drawn_from_the_code() {
        Path folder = Path.of("..", "docs", "modules");

        new Documenter(modules, Documenter.Options.defaults().withOutputFolder(folder.toString()))
                .writeModulesAsPlantUml();

        assertThat(folder.resolve("components.puml")).content().contains("Inventory");
    }
}
