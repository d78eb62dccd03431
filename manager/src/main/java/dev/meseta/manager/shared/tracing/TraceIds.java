package dev.meseta.manager.shared.tracing;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The ids of traces and of those spans that several managers must agree on. Nothing of them is stored: who knows a
 * correlation id knows the trace, and who knows a task knows its spans.
 */
public final class TraceIds {

    private static final Pattern UUID_OR_DIGITS =
            Pattern.compile("\\p{XDigit}{8}(-?)\\p{XDigit}{4}\\1\\p{XDigit}{4}\\1\\p{XDigit}{4}\\1\\p{XDigit}{12}");
    private static final String NO_TRACE = "0".repeat(32);

    private TraceIds() {}

    /**
     * The trace that belongs to a correlation id: its own digits when it is a UUID, with dashes or without, else those of
     * the name-based UUID (version 3) of its text.
     */
    public static String traceId(String correlationId) {
        if (UUID_OR_DIGITS.matcher(correlationId).matches()) {
            String digits = correlationId.replace("-", "").toLowerCase(Locale.ROOT);
            if (!digits.equals(NO_TRACE)) {
                return digits;
            }
        }
        UUID named = UUID.nameUUIDFromBytes(correlationId.getBytes(StandardCharsets.UTF_8));
        return named.toString().replace("-", "");
    }

    /** The correlation id that belongs to a trace: its digits as a UUID. */
    static String correlationId(String traceId) {
        return "%s-%s-%s-%s-%s"
                .formatted(
                        traceId.substring(0, 8),
                        traceId.substring(8, 12),
                        traceId.substring(12, 16),
                        traceId.substring(16, 20),
                        traceId.substring(20));
    }

    /** The span in which a task was taken in. */
    public static String acceptanceOf(UUID taskId) {
        return spanId(taskId, 1);
    }

    /** The span of a task from its submission to its end. */
    public static String spanOf(UUID taskId) {
        return spanId(taskId, 2);
    }

    private static String spanId(UUID id, long which) {
        long mixed = mixed(mixed(id.getMostSignificantBits() + which) ^ id.getLeastSignificantBits());
        return HexFormat.of().toHexDigits(mixed == 0 ? which : mixed);
    }

    /** As SplittableRandom spreads its numbers: every bit of what comes in counts in every bit of what goes out. */
    private static long mixed(long value) {
        long spread = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        spread = (spread ^ (spread >>> 27)) * 0x94d049bb133111ebL;
        return spread ^ (spread >>> 31);
    }
}
