package dev.meseta.agent.tracing;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Spans sent to a collector, in bundles and from a thread of their own; those that do not fit into its queue are dropped.
 * The manager decides which traces are recorded.
 */
public final class CollectedTraces implements Traces {

    private static final String PATH = "/v1/traces";
    private static final Duration BUNDLE_EVERY = Duration.ofSeconds(1);
    private static final int MOST_WAITING = 2_048;
    private static final long LAST_BUNDLE_SECONDS = 1;

    private final SdkTracerProvider provider;
    private final Tracer tracer;

    private final Map<String, String> always;

    private CollectedTraces(SdkTracerProvider provider, Map<String, String> always) {
        this.provider = provider;
        this.always = always;
        this.tracer = provider.get("dev.meseta.agent");
    }

    /**
     * Begins to collect.
     *
     * @param endpoint of a collector that takes OTLP over HTTP, for instance {@code http://collector:4318}
     * @param instance what this process is called among all agents
     * @throws IllegalArgumentException when that is no such address
     */
    public static CollectedTraces sentTo(String endpoint, String instance) {
        String base = endpoint.strip().replaceFirst("/+$", "");
        OtlpHttpSpanExporter exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(base.endsWith(PATH) ? base : base + PATH)
                .build();
        SdkTracerProvider provider = SdkTracerProvider.builder()
                .setSampler(Sampler.parentBased(Sampler.alwaysOff()))
                .setResource(Resource.getDefault()
                        .merge(Resource.create(Attributes.builder()
                                .put("service.name", "meseta-agent")
                                .put("service.instance.id", instance)
                                .build())))
                .addSpanProcessor(BatchSpanProcessor.builder(exporter)
                        .setMaxQueueSize(MOST_WAITING)
                        .setScheduleDelay(BUNDLE_EVERY)
                        .build())
                .build();
        return new CollectedTraces(provider, Map.of());
    }

    @Override
    public Traces ofHost(String hostId) {
        return new CollectedTraces(provider, Map.of("meseta.host.id", hostId));
    }

    @Override
    public boolean isOn() {
        return true;
    }

    @Override
    public Span begin(String name, Map<String, String> attributes) {
        return CallerTrace.current()
                .map(header -> begin(name, attributes, header))
                .orElse(Span.NONE);
    }

    private Span begin(String name, Map<String, String> attributes, String header) {
        Context caller = W3CTraceContextPropagator.getInstance().extract(Context.root(), header, Header.READER);
        SpanBuilder builder =
                tracer.spanBuilder(name).setSpanKind(SpanKind.SERVER).setParent(caller);
        always.forEach(builder::setAttribute);
        attributes.forEach(builder::setAttribute);
        io.opentelemetry.api.trace.Span span = builder.startSpan();
        return (state, error) -> {
            span.setAttribute("meseta.operation.state", state);
            error.ifPresent(code -> {
                span.setAttribute("error.type", code);
                span.setStatus(StatusCode.ERROR);
            });
            span.end();
        };
    }

    @Override
    public void close() {
        provider.shutdown().join(LAST_BUNDLE_SECONDS, TimeUnit.SECONDS);
    }

    /** The one header there is. */
    private enum Header implements TextMapGetter<String> {
        READER;

        @Override
        public Iterable<String> keys(String carrier) {
            return List.of(CallerTrace.HEADER);
        }

        @Override
        public @Nullable String get(@Nullable String carrier, String key) {
            return key.equals(CallerTrace.HEADER) ? carrier : null;
        }
    }
}
