package dev.meseta.manager.migration.internal;

import dev.meseta.manager.tasks.ProtocolDiagram;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** docs/protocol/migration.md shows the phases as they are. */
@Tag("unit")
class MigrationProtocolTest {

    @Test
    void the_documents_diagram_is_the_enum() {
        ProtocolDiagram.verify("migration.md", "migration-phase", MigrationPhase.class);
    }

    @Test
    void every_phase_leads_to_an_end() {
        ProtocolDiagram.verifySound(MigrationPhase.class);
    }
}
