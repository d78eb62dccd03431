package dev.meseta.manager.telemetry.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.shared.tracing.Span;
import dev.meseta.manager.shared.tracing.SpanStart;
import dev.meseta.manager.shared.tracing.SpanStart.Role;
import dev.meseta.manager.shared.tracing.TraceParent;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which trace a span is in, and under which span. */
@Tag("unit")
class CollectedTracesTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String ID = "4bf92f35-77b3-4da6-a3ce-929d0e0e4736";
    private static final TraceParent CALLER = new TraceParent(TRACE, "00f067aa0ba902b7", true);
    private static final String NO_SPAN = "0000000000000000";

    private final Kept kept = new Kept();
    private final CollectedTraces traces = new CollectedTraces(SimpleSpanProcessor.create(kept), 1, Attributes.empty());

    @AfterEach
    void close() {
        traces.close();
    }

    @Test
    void a_trace_begins_with_the_digits_of_the_correlation_id() {
        traces.begin(SpanStart.of("first", Role.SERVER, ID)).close();

        assertThat(only().getTraceId()).isEqualTo(TRACE);
        assertThat(only().getParentSpanId()).isEqualTo(NO_SPAN);
        assertThat(only().getAttributes().asMap()).containsValue(ID);
    }

    @Test
    void a_caller_in_the_same_trace_is_the_parent() {
        traces.begin(SpanStart.of("first", Role.SERVER, ID).askedBy(Optional.of(CALLER)))
                .close();

        assertThat(only().getTraceId()).isEqualTo(TRACE);
        assertThat(only().getParentSpanId()).isEqualTo(CALLER.spanId());
        assertThat(only().getLinks()).isEmpty();
    }

    @Test
    void a_caller_with_a_correlation_id_of_its_own_is_linked_to() {
        traces.begin(SpanStart.of("first", Role.SERVER, "order-4711").askedBy(Optional.of(CALLER)))
                .close();

        assertThat(only().getTraceId()).isNotEqualTo(TRACE);
        assertThat(only().getParentSpanId()).isEqualTo(NO_SPAN);
        assertThat(only().getLinks())
                .extracting(link -> link.getSpanContext().getSpanId())
                .containsExactly(CALLER.spanId());
    }

    @Test
    void what_a_thread_does_inside_belongs_under_it_until_it_leaves() {
        try (Span outer = traces.begin(SpanStart.of("outer", Role.SERVER, ID))) {
            Span.Scope scope = outer.enter();
            traces.begin(SpanStart.within("call", Role.CLIENT)).close();
            traces.begin(SpanStart.of("other", Role.SERVER, "order-4711")).close();
            scope.close();
            traces.begin(SpanStart.within("nowhere", Role.CLIENT)).close();
        }

        SpanData outer = named("outer");
        assertThat(named("call").getParentSpanId()).isEqualTo(outer.getSpanId());
        assertThat(named("call").getTraceId()).isEqualTo(TRACE);
        assertThat(named("other").getParentSpanId()).isEqualTo(NO_SPAN);
        assertThat(named("other").getLinks())
                .extracting(link -> link.getSpanContext().getSpanId())
                .containsExactly(outer.getSpanId());
        assertThat(kept.spans).extracting(SpanData::getName).doesNotContain("nowhere");
    }

    @Test
    void a_span_may_be_named_as_a_parent_before_anybody_began_it() {
        String taskSpan = "1122334455667788";
        traces.begin(SpanStart.of("step", Role.CONSUMER, ID).under(taskSpan)).close();
        traces.begin(SpanStart.of("task", Role.CONSUMER, ID).called(taskSpan)).close();

        assertThat(named("step").getParentSpanId()).isEqualTo(taskSpan);
        assertThat(named("task").getSpanId()).isEqualTo(taskSpan);
        assertThat(named("task").getTraceId()).isEqualTo(TRACE);
    }

    @Test
    void a_collector_that_is_not_there_costs_nothing_but_spans() {
        try (CollectedTraces lost =
                CollectedTraces.sentTo(new TracesProperties("http://127.0.0.1:1/", 1), "id", "name")) {
            lost.begin(SpanStart.of("lost", Role.SERVER, ID))
                    .failed("HOST_UNREACHABLE")
                    .close();
        }
    }

    private SpanData only() {
        assertThat(kept.spans).hasSize(1);
        return kept.spans.getFirst();
    }

    private SpanData named(String name) {
        return kept.spans.stream()
                .filter(span -> span.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static final class Kept implements SpanExporter {

        private final List<SpanData> spans = new ArrayList<>();

        @Override
        public CompletableResultCode export(Collection<SpanData> ended) {
            spans.addAll(ended);
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }
}
