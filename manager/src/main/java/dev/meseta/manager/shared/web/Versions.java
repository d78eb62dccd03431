package dev.meseta.manager.shared.web;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.MesetaException.FieldError;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Versions of objects as entity tags: {@code ETag: "7"}, {@code If-Match: "7"}. */
public final class Versions {

    private static final Pattern TAG = Pattern.compile("\"(\\d{1,18})\"");

    private Versions() {}

    /** Value of the ETag header, with its quotes. */
    public static String entityTag(long version) {
        return "\"" + version + "\"";
    }

    /**
     * The version a change is meant for; null when the header is absent or {@code *}.
     *
     * @throws MesetaException MALFORMED_REQUEST
     */
    public static @Nullable Long expected(@Nullable String ifMatch) {
        if (ifMatch == null || ifMatch.strip().equals("*")) {
            return null;
        }
        Matcher matcher = TAG.matcher(ifMatch.strip());
        if (!matcher.matches()) {
            throw refused(
                    ErrorCode.MALFORMED_REQUEST,
                    "If-Match must be the ETag of the object as it was read, for instance \"7\".");
        }
        return Long.valueOf(matcher.group(1));
    }

    /**
     * As {@link #expected}, where a change without it is not accepted.
     *
     * @throws MesetaException VALIDATION_FAILED when absent, MALFORMED_REQUEST
     */
    public static long required(@Nullable String ifMatch) {
        Long version = expected(ifMatch);
        if (version == null) {
            throw refused(
                    ErrorCode.VALIDATION_FAILED,
                    "This change needs If-Match with the ETag of the object as it was read, so that nobody's change is lost.");
        }
        return version;
    }

    private static MesetaException refused(ErrorCode code, String message) {
        return new MesetaException(code, message, List.of(new FieldError("If-Match", message)), null);
    }
}
