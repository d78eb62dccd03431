package dev.meseta.manager.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ManagerIntegrationTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The page's client is generated from the description in its folder; this keeps that description equal to the code. Run
 * with {@code -Dmeseta.openapi.write=true} after a change that is meant.
 */
class OpenApiSnapshotTest extends ManagerIntegrationTest {

    private static final Path SNAPSHOT = Path.of("..", "web-ui", "src", "api", "openapi.json");

    @Test
    void the_description_the_page_is_built_from_is_the_code_s() throws IOException {
        var pretty =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        String current = pretty.writeValueAsString(api.get("/openapi.json").json()) + "\n";

        if (Boolean.getBoolean("meseta.openapi.write")) {
            Files.createDirectories(SNAPSHOT.getParent());
            Files.writeString(SNAPSHOT, current);
        }

        assertThat(current).contains("\"openapi\" : \"3.1.0\"");
        assertThat(Files.readString(SNAPSHOT))
                .as("run this test with -Dmeseta.openapi.write=true and look at the difference")
                .isEqualTo(current);
    }
}
