package dev.meseta.manager.telemetry.internal;

import dev.meseta.manager.shared.tracing.Span;
import dev.meseta.manager.shared.tracing.SpanStart;
import dev.meseta.manager.shared.tracing.TraceIds;
import dev.meseta.manager.shared.tracing.TraceParent;
import dev.meseta.manager.shared.tracing.Tracing;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Spans sent to a collector, in bundles and from a thread of their own. A collector that is slow or away costs spans and
 * nothing else: those that do not fit into the queue are dropped.
 */
final class CollectedTraces implements Tracing, AutoCloseable {

    private static final String CORRELATION_ID = "meseta.correlation_id";
    private static final String PATH = "/v1/traces";
    private static final Duration BUNDLE_EVERY = Duration.ofSeconds(1);
    private static final long LAST_BUNDLE_SECONDS = 2;

    private final SdkTracerProvider provider;
    private final Tracer tracer;

    /** @param resource who tells */
    CollectedTraces(SpanProcessor processor, double sampling, Attributes resource) {
        provider = SdkTracerProvider.builder()
                .setIdGenerator(new ChosenIds())
                .setSampler(new ShareOfTraces(sampling))
                .setResource(Resource.getDefault().merge(Resource.create(resource)))
                .addSpanProcessor(processor)
                .build();
        tracer = provider.get("dev.meseta.manager");
    }

    /** @param name of the manager; empty: its id stands for it */
    static CollectedTraces sentTo(TracesProperties properties, String managerId, String name) {
        OtlpHttpSpanExporter exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(url(properties.endpoint()))
                .build();
        return new CollectedTraces(
                BatchSpanProcessor.builder(exporter)
                        .setScheduleDelay(BUNDLE_EVERY)
                        .build(),
                properties.sampling(),
                Attributes.builder()
                        .put("service.name", "meseta-manager")
                        .put("service.instance.id", name.isBlank() ? managerId : name)
                        .put("meseta.manager.id", managerId)
                        .build());
    }

    /** As OTEL_EXPORTER_OTLP_ENDPOINT is meant: the address of the collector without the path. */
    private static String url(String endpoint) {
        String base = endpoint.strip().replaceFirst("/+$", "");
        return base.endsWith(PATH) ? base : base + PATH;
    }

    @Override
    public boolean isOn() {
        return true;
    }

    @Override
    public Span begin(SpanStart start) {
        SpanContext current = io.opentelemetry.api.trace.Span.current().getSpanContext();
        if (start.correlationId().isEmpty() && !current.isValid()) {
            return Span.NONE;
        }
        String traceId = start.correlationId().map(TraceIds::traceId).orElseGet(current::getTraceId);
        SpanBuilder builder = tracer.spanBuilder(start.name()).setSpanKind(kind(start.role()));
        start.correlationId().ifPresent(id -> builder.setAttribute(CORRELATION_ID, id));
        start.since().ifPresent(builder::setStartTimestamp);
        place(builder, start, traceId, current);
        return new Recorded(ChosenIds.with(traceId, start.spanId(), builder::startSpan));
    }

    private static void place(SpanBuilder builder, SpanStart start, String traceId, SpanContext current) {
        boolean currentIsOfTrace = current.isValid() && current.getTraceId().equals(traceId);
        boolean callerIsOfTrace = start.caller()
                .filter(caller -> caller.traceId().equals(traceId))
                .isPresent();
        if (start.parent().isPresent()) {
            builder.setParent(under(traceId, start.parent().get()));
        } else if (callerIsOfTrace) {
            builder.setParent(under(traceId, start.caller().get().spanId()));
        } else if (!currentIsOfTrace) {
            builder.setNoParent();
        }
        if (!callerIsOfTrace) {
            start.caller().ifPresent(caller -> builder.addLink(remote(caller.traceId(), caller.spanId())));
        }
        if (current.isValid() && !currentIsOfTrace) {
            builder.addLink(current);
        }
    }

    private static Context under(String traceId, String spanId) {
        return Context.root().with(io.opentelemetry.api.trace.Span.wrap(remote(traceId, spanId)));
    }

    private static SpanContext remote(String traceId, String spanId) {
        return SpanContext.createFromRemoteParent(traceId, spanId, TraceFlags.getSampled(), TraceState.getDefault());
    }

    private static SpanKind kind(SpanStart.Role role) {
        return switch (role) {
            case SERVER -> SpanKind.SERVER;
            case CLIENT -> SpanKind.CLIENT;
            case PRODUCER -> SpanKind.PRODUCER;
            case CONSUMER -> SpanKind.CONSUMER;
        };
    }

    /** Sends what has ended by now. */
    void flush() {
        provider.forceFlush().join(LAST_BUNDLE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        provider.shutdown().join(LAST_BUNDLE_SECONDS, TimeUnit.SECONDS);
    }

    private record Recorded(io.opentelemetry.api.trace.Span span) implements Span {

        @Override
        public Span name(String name) {
            span.updateName(name);
            return this;
        }

        @Override
        public Span with(String key, String value) {
            span.setAttribute(key, value);
            return this;
        }

        @Override
        public Span with(String key, long value) {
            span.setAttribute(key, value);
            return this;
        }

        @Override
        public Span failed(String code) {
            span.setAttribute("error.type", code);
            span.setStatus(StatusCode.ERROR);
            return this;
        }

        @Override
        @SuppressWarnings("MustBeClosedChecker") // Whoever enters leaves.
        public Scope enter() {
            return span.makeCurrent()::close;
        }

        @Override
        public Optional<TraceParent> here() {
            SpanContext context = span.getSpanContext();
            return Optional.of(new TraceParent(context.getTraceId(), context.getSpanId(), context.isSampled()));
        }

        @Override
        public void close() {
            span.end();
        }
    }
}
