package dev.meseta.agent.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.agent.operations.OperationResult;
import dev.meseta.agent.system.FileOwner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("unit")
class SimulatedMediaTest {

    private static final UUID DOMAIN = UUID.randomUUID();

    @Test
    void disksAreKeptLikeRealOnes(@TempDir Path directory) throws IOException {
        Path share = Files.createDirectory(directory.resolve("share"));
        SharedDirectories directories = SharedDirectories.open(
                directory.resolve("domains"), path -> path.startsWith("/elsewhere") ? share : path);
        directories.ensure(DOMAIN, "/elsewhere");
        Volumes volumes = new Volumes(directories, new SimulatedMedia(), FileOwner.unchanged());
        UUID base = UUID.randomUUID();
        new SimulatedMedia().createDisk(directories.require(DOMAIN).image(base), 1 << 20);
        UUID disk = UUID.randomUUID();

        OperationResult.Volume made = volumes.ensure(DOMAIN, disk, Optional.of(base), 0);

        assertThat(made.virtualSizeBytes()).isEqualTo(1 << 20);
        assertThat(volumes.ensure(DOMAIN, disk, Optional.of(base), 0)).isEqualTo(made);
        assertThat(Qcow2Header.read(Path.of(made.path())).orElseThrow().backingFile())
                .contains("../images/" + base + ".qcow2");
        volumes.remove(DOMAIN, disk);
        assertThat(Path.of(made.path())).doesNotExist();
    }
}
