package dev.meseta.manager.shared.tracing;

import java.time.Instant;
import java.util.Optional;

/**
 * How a span begins. It belongs under {@code parent} if there is one, else under the span its thread works at when that is
 * of the same trace, else it is the first of its trace.
 *
 * @param correlationId what the trace's id is made of; empty: of the trace its thread works at, and no span without one
 * @param parent of a span that another thread or manager began or will begin
 * @param spanId what the span is to be called, so that others can name it as their parent; empty: any
 * @param caller who asked, from outside; the parent where it is of the same trace, else linked to
 * @param since when it began; empty: now
 */
public record SpanStart(
        String name,
        Role role,
        Optional<String> correlationId,
        Optional<String> parent,
        Optional<String> spanId,
        Optional<TraceParent> caller,
        Optional<Instant> since) {

    /** Who waits for whom. */
    public enum Role {
        /** Answers somebody who waits. */
        SERVER,
        /** Waits for the answer of somebody else. */
        CLIENT,
        /** Leaves work to be done later. */
        PRODUCER,
        /** Does work that was left. */
        CONSUMER
    }

    /** A span of the trace that belongs to a correlation id. */
    public static SpanStart of(String name, Role role, String correlationId) {
        return new SpanStart(
                name,
                role,
                Optional.of(correlationId),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** A span under the one its thread works at. */
    public static SpanStart within(String name, Role role) {
        return new SpanStart(
                name, role, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    public SpanStart under(String parentSpanId) {
        return new SpanStart(name, role, correlationId, Optional.of(parentSpanId), spanId, caller, since);
    }

    public SpanStart called(String ownSpanId) {
        return new SpanStart(name, role, correlationId, parent, Optional.of(ownSpanId), caller, since);
    }

    public SpanStart askedBy(Optional<TraceParent> somebody) {
        return new SpanStart(name, role, correlationId, parent, spanId, somebody, since);
    }

    public SpanStart begunAt(Instant time) {
        return new SpanStart(name, role, correlationId, parent, spanId, caller, Optional.of(time));
    }
}
