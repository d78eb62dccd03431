package dev.meseta.manager.lifecycle.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which task an operation belongs to. */
@Tag("unit")
class AgentSignalsTest {

    @Test
    void is_told_by_the_operations_id() {
        UUID task = UUID.randomUUID();
        assertThat(AgentSignals.taskOf(task + ":REQUESTED:0:disk-0")).contains(task);
        assertThat(AgentSignals.taskOf("network-ensure-1")).isEmpty();
        assertThat(AgentSignals.taskOf("not-a-uuid-but-long-enough-to-be-one:REQUESTED"))
                .isEmpty();
    }
}
