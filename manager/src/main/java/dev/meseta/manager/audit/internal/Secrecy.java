package dev.meseta.manager.audit.internal;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which values the audit log never shows, whoever records them: those whose names say that they are secret. It says that they
 * changed, and not what they are.
 */
final class Secrecy {

    static final String MASK = "***";

    /** Between camelCase words, and at whatever is no letter or digit. */
    private static final Pattern BETWEEN_WORDS =
            Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+");

    /** Also as parts of words, as in "adminpassword". */
    private static final List<String> TELLING =
            List.of("password", "passwd", "passphrase", "passcode", "secret", "token", "credential", "cookie");

    private static final Set<String> SECRET_WORDS = Set.of("keys", "authorization", "pin", "otp", "totp", "recovery");

    /** What cloud-init is told may set passwords. */
    private static final String USER_DATA = "userdata";

    /** A secret's number or name is none. */
    private static final Set<String> HARMLESS_ENDS =
            Set.of("id", "ids", "name", "names", "kind", "fingerprint", "count", "expires", "at");

    private Secrecy() {}

    static boolean isSecret(String name) {
        List<String> words = Arrays.stream(BETWEEN_WORDS.split(name))
                .filter(word -> !word.isEmpty())
                .map(word -> word.toLowerCase(Locale.ROOT))
                .toList();
        if (words.isEmpty() || (words.size() > 1 && HARMLESS_ENDS.contains(words.getLast()))) {
            return false;
        }
        return String.join("", words).contains(USER_DATA)
                || words.stream()
                        .anyMatch(word -> SECRET_WORDS.contains(word)
                                || word.endsWith("key")
                                || TELLING.stream().anyMatch(word::contains));
    }
}
