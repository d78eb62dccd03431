package dev.meseta.lab.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.meseta.lab.process.Await;
import dev.meseta.lab.stack.Collector;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Takes traces as a collector does, by OTLP over HTTP, and keeps them. */
final class TraceReceiver implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final HttpServer server;
    private final Map<String, Collection<Told>> traces = new ConcurrentHashMap<>();

    private TraceReceiver(HttpServer server) {
        this.server = server;
        server.createContext("/v1/traces", this::take);
        server.start();
    }

    /** Listens on any port of all addresses, so that lab hosts reach it too. */
    static TraceReceiver start() {
        try {
            return new TraceReceiver(HttpServer.create(new InetSocketAddress(0), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Collector collector() {
        return Collector.of("http://localhost:" + server.getAddress().getPort());
    }

    /** Waits until a trace holds such a span. */
    Trace await(String traceId, Predicate<Trace> complete) {
        Await.until("trace " + traceId + " to be complete", LIMIT, () -> complete.test(trace(traceId)));
        return trace(traceId);
    }

    private Trace trace(String traceId) {
        return new Trace(List.copyOf(traces.getOrDefault(traceId, List.of())));
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange;
                InputStream body = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))
                        ? new GZIPInputStream(exchange.getRequestBody())
                        : exchange.getRequestBody()) {
            for (ResourceSpans program :
                    ExportTraceServiceRequest.parseFrom(body).getResourceSpansList()) {
                Map<String, String> resource = attributes(program.getResource().getAttributesList());
                for (ScopeSpans scope : program.getScopeSpansList()) {
                    scope.getSpansList().forEach(span -> keep(resource, span));
                }
            }
            exchange.sendResponseHeaders(200, -1);
        }
    }

    private void keep(Map<String, String> resource, Span span) {
        String traceId = HexFormat.of().formatHex(span.getTraceId().toByteArray());
        Told told = new Told(
                span.getName(),
                HexFormat.of().formatHex(span.getSpanId().toByteArray()),
                HexFormat.of().formatHex(span.getParentSpanId().toByteArray()),
                resource,
                attributes(span.getAttributesList()));
        traces.compute(
                traceId,
                (id, known) -> Stream.concat(known == null ? Stream.empty() : known.stream(), Stream.of(told))
                        .toList());
    }

    private static Map<String, String> attributes(List<KeyValue> pairs) {
        return pairs.stream()
                .collect(Collectors.toMap(
                        KeyValue::getKey,
                        pair -> pair.getValue().hasIntValue()
                                ? Long.toString(pair.getValue().getIntValue())
                                : pair.getValue().getStringValue()));
    }

    @Override
    public void close() {
        server.stop(0);
    }

    /** A span as it was told. */
    record Told(String name, String id, String parentId, Map<String, String> resource, Map<String, String> attributes) {

        String program() {
            return resource.getOrDefault("service.name", "");
        }

        String attribute(String key) {
            return attributes.getOrDefault(key, "");
        }
    }

    /** What was told of one trace until now. */
    record Trace(List<Told> spans) {

        List<Told> named(String name) {
            return spans.stream().filter(span -> span.name().equals(name)).toList();
        }

        boolean has(String name) {
            return !named(name).isEmpty();
        }

        /** Names of a span and of all above it, its own first. */
        List<String> way(Told span) {
            List<String> names = new ArrayList<>();
            Optional<Told> next = Optional.of(span);
            while (next.isPresent()) {
                Told here = next.get();
                names.add(here.name());
                next = spans.stream()
                        .filter(other -> other.id().equals(here.parentId()))
                        .findFirst();
            }
            return names;
        }
    }
}
