package dev.meseta.manager.telemetry.internal;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.List;

/**
 * Records a share of all traces, and of a trace everything: the trace's id alone decides, so that managers need not tell
 * each other. It looks at the last 56 bits, which are random in a UUID; OpenTelemetry's own sampler would also look at
 * those that say what kind of UUID it is.
 */
final class ShareOfTraces implements Sampler {

    private static final int RANDOM_DIGITS = 14;
    private static final int RANDOM_BITS = 56;

    private final double share;
    private final long recordedBelow;

    /** @param share 0 to 1 */
    ShareOfTraces(double share) {
        this.share = share;
        this.recordedBelow = (long) (share * (1L << RANDOM_BITS));
    }

    @Override
    public SamplingResult shouldSample(
            Context parent, String traceId, String name, SpanKind kind, Attributes attributes, List<LinkData> links) {
        return records(traceId) ? SamplingResult.recordAndSample() : SamplingResult.drop();
    }

    boolean records(String traceId) {
        return Long.parseLong(traceId, traceId.length() - RANDOM_DIGITS, traceId.length(), 16) < recordedBelow;
    }

    @Override
    public String getDescription() {
        return "ShareOfTraces{%s}".formatted(share);
    }
}
