package dev.meseta.agent.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("unit")
class FencingEpochTest {

    @TempDir
    private Path directory;

    @Test
    void aLowerEpochIsRefusedAlsoAfterARestart() {
        Path file = directory.resolve("epoch");
        FencingEpoch fencing = FencingEpoch.open(file);
        fencing.admit(0);
        fencing.admit(5);
        fencing.admit(5);
        refuses(fencing, 4);
        FencingEpoch reopened = FencingEpoch.open(file);
        assertThat(reopened.highest()).isEqualTo(5);
        refuses(reopened, 4);
        reopened.admit(6);
        refuses(reopened, 5);
    }

    private static void refuses(FencingEpoch fencing, long epoch) {
        assertThatThrownBy(() -> fencing.admit(epoch))
                .isInstanceOfSatisfying(
                        AgentException.class, e -> assertThat(e.code()).isEqualTo(AgentErrorCode.FENCED));
    }
}
