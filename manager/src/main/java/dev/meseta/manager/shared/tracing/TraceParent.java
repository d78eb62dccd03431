package dev.meseta.manager.shared.tracing;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where somebody's trace continues, as W3C Trace Context writes it.
 *
 * @param traceId 32 hexadecimal digits
 * @param spanId 16 hexadecimal digits
 * @see <a href="https://www.w3.org/TR/trace-context/#traceparent-header">traceparent</a>
 */
public record TraceParent(String traceId, String spanId, boolean sampled) {

    /** Of HTTP requests and of calls to agents. */
    public static final String HEADER = "traceparent";

    private static final Pattern FORM =
            Pattern.compile("(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");
    private static final int SAMPLED = 1;

    /** What a header says; empty when there is none or it is not as it should be, which is no reason to refuse anybody. */
    public static Optional<TraceParent> parse(@Nullable String header) {
        if (header == null) {
            return Optional.empty();
        }
        Matcher parts = FORM.matcher(header);
        // Only a later version may say more.
        if (!parts.matches() || (parts.group(1).equals("00") && parts.group(5) != null)) {
            return Optional.empty();
        }
        boolean sampled = (Integer.parseInt(parts.group(4), 16) & SAMPLED) != 0;
        return Optional.of(new TraceParent(parts.group(2), parts.group(3), sampled));
    }

    /** The header's value. */
    public String header() {
        return "00-%s-%s-%s".formatted(traceId, spanId, sampled ? "01" : "00");
    }

    /** The correlation id that belongs to this trace. */
    public String correlationId() {
        return TraceIds.correlationId(traceId);
    }
}
