package dev.meseta.manager.telemetry.internal;

import io.opentelemetry.sdk.trace.IdGenerator;
import java.util.Optional;
import java.util.function.Supplier;

/** Ids of spans and traces: those that were chosen for the span being begun, else random ones. */
final class ChosenIds implements IdGenerator {

    private static final ScopedValue<Chosen> CHOSEN = ScopedValue.newInstance();
    private static final IdGenerator RANDOM = IdGenerator.random();

    private record Chosen(String traceId, Optional<String> spanId) {}

    /** Does something with these ids, should it need any. */
    static <T> T with(String traceId, Optional<String> spanId, Supplier<T> work) {
        return ScopedValue.where(CHOSEN, new Chosen(traceId, spanId)).call(work::get);
    }

    @Override
    public String generateTraceId() {
        return CHOSEN.isBound() ? CHOSEN.get().traceId() : RANDOM.generateTraceId();
    }

    @Override
    public String generateSpanId() {
        return CHOSEN.isBound() ? CHOSEN.get().spanId().orElseGet(RANDOM::generateSpanId) : RANDOM.generateSpanId();
    }
}
