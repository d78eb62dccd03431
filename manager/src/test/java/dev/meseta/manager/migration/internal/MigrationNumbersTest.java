package dev.meseta.manager.migration.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.agents.AgentOperation;
import dev.meseta.manager.agents.MigrationProgressed;
import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.inventory.HostStatus;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class MigrationNumbersTest {

    @Test
    void the_description_names_what_is_written_and_nothing_else() {
        Set<String> written = new HashSet<>();
        written.addAll(MigrationProgress.numbers(new MigrationProgressed(
                        UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID(), 1, 2, 1, 1, 1, 1, 1, 1, false, 0))
                .keySet());
        written.addAll(MigrationProgress.end(new AgentOperation.Migration(1, 2, 3, 4, false))
                .keySet());
        written.addAll(MigrationProgress.places(host("host-1"), host("host-2")).keySet());

        assertThat(Arrays.stream(MigrationNumbers.class.getRecordComponents()).map(RecordComponent::getName))
                .containsExactlyInAnyOrderElementsOf(written);
    }

    private static Host host(String name) {
        return new Host(
                UUID.randomUUID(),
                UUID.randomUUID(),
                name,
                "",
                "",
                false,
                1,
                Instant.EPOCH,
                new Host.Observed(
                        HostStatus.UP,
                        "",
                        Instant.EPOCH,
                        null,
                        null,
                        0,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        0,
                        null,
                        0,
                        null,
                        List.of(),
                        List.of()));
    }
}
