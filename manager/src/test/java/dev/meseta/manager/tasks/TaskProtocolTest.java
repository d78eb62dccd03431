package dev.meseta.manager.tasks;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The life of a task, as docs/protocol/tasks.md shows it. */
@Tag("unit")
class TaskProtocolTest {

    @Test
    void the_documents_diagram_is_the_enum() {
        ProtocolDiagram.verify("tasks.md", "task-state", TaskState.class);
    }

    @Test
    void every_state_leads_to_an_end() {
        ProtocolDiagram.verifySound(TaskState.class);
    }
}
