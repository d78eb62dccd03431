package dev.meseta.manager.shared;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The version of an object as REST shows it in {@code ETag} and expects it in {@code If-Match}. */
public final class EntityTag {

    private static final Pattern VERSION = Pattern.compile("\"?(\\d{1,18})\"?");

    private EntityTag() {}

    /** The version in quotes. */
    public static String of(long version) {
        return "\"" + version + "\"";
    }

    /**
     * The version a client expects; null when it expects none ({@code *} or no header).
     *
     * @throws MesetaException VALIDATION_FAILED when it is no version
     */
    public static @Nullable Long expectedVersion(@Nullable String ifMatch) {
        if (ifMatch == null || ifMatch.isBlank() || ifMatch.strip().equals("*")) {
            return null;
        }
        var matcher = VERSION.matcher(ifMatch.strip());
        if (!matcher.matches()) {
            throw new MesetaException(
                    ErrorCode.VALIDATION_FAILED,
                    "The If-Match header is no version of this API. Send the ETag of the object as it was read, e.g. \"3\".");
        }
        return Long.valueOf(matcher.group(1));
    }
}
