package dev.meseta.manager.shared.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class TraceIdsTest {

    @ParameterizedTest
    @CsvSource({
        "4bf92f35-77b3-4da6-a3ce-929d0e0e4736, 4bf92f3577b34da6a3ce929d0e0e4736",
        "4BF92F35-77B3-4DA6-A3CE-929D0E0E4736, 4bf92f3577b34da6a3ce929d0e0e4736",
        "4bf92f3577b34da6a3ce929d0e0e4736, 4bf92f3577b34da6a3ce929d0e0e4736",
    })
    void a_uuid_and_its_trace_have_the_same_digits(String correlationId, String traceId) {
        assertThat(TraceIds.traceId(correlationId)).isEqualTo(traceId);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "order-4711",
                "reconciler-4bf92f35-77b3-4da6-a3ce-929d0e0e4736",
                "00000000-0000-0000-0000-000000000000",
                "4bf92f35-77b34da6-a3ce-929d0e0e4736"
            })
    void any_other_id_has_a_trace_too_and_always_the_same(String correlationId) {
        assertThat(TraceIds.traceId(correlationId))
                .matches("[0-9a-f]{32}")
                .isEqualTo(TraceIds.traceId(correlationId))
                .isNotEqualTo(TraceIds.traceId(correlationId + "."))
                .isNotEqualTo("0".repeat(32));
    }

    @Test
    void a_trace_leads_to_its_correlation_id_and_back() {
        String traceId = "4bf92f3577b34da6a3ce929d0e0e4736";

        assertThat(TraceIds.traceId(TraceIds.correlationId(traceId))).isEqualTo(traceId);
    }

    @Test
    void spans_of_tasks_are_told_apart() {
        UUID task = UUID.fromString("0196f0a0-0000-7000-8000-000000000001");
        UUID next = UUID.fromString("0196f0a0-0000-7000-8000-000000000002");

        assertThat(new String[] {
                    TraceIds.acceptanceOf(task),
                    TraceIds.spanOf(task),
                    TraceIds.acceptanceOf(next),
                    TraceIds.spanOf(next)
                })
                .doesNotHaveDuplicates()
                .allMatch(id -> id.matches("[0-9a-f]{16}"));
        assertThat(TraceIds.spanOf(task)).isEqualTo(TraceIds.spanOf(task));
    }
}
