package dev.meseta.agent.hypervisor.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Compares with a file of the test resources, byte for byte. What was written instead is kept under target/golden. */
final class GoldenFile {

    private GoldenFile() {}

    static void assertSame(String name, String actual) {
        try (InputStream expected = GoldenFile.class.getResourceAsStream("golden/" + name)) {
            Path kept = Path.of("target", "golden", name);
            Files.createDirectories(kept.getParent());
            Files.writeString(kept, actual);
            assertThat(expected).as("golden file %s", name).isNotNull();
            assertThat(actual.getBytes(StandardCharsets.UTF_8))
                    .as("%s; what was written is in %s", name, kept)
                    .isEqualTo(expected == null ? new byte[0] : expected.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
