package dev.meseta.manager.identity.internal;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.MesetaException.FieldError;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Long, not the user's name, and none that everybody tries first. No rule about kinds of characters. */
@Component
class PasswordRules {

    static final int MIN_CHARACTERS = 12;
    static final int MAX_BYTES = 1024;
    private static final int FEWEST_DIFFERENT = 5;
    private static final int SHORTEST_NAME = 4;

    private final BreachedPasswords breached;

    PasswordRules(BreachedPasswords breached) {
        this.breached = breached;
    }

    /** @throws MesetaException VALIDATION_FAILED, which names the field and never the password */
    void check(String field, String username, String password) {
        String objection = objection(username, password);
        if (objection != null) {
            throw new MesetaException(
                    ErrorCode.VALIDATION_FAILED,
                    "The new password " + objection,
                    List.of(new FieldError(field, objection)),
                    null);
        }
    }

    /** Whether it could be anybody's: nothing that is longer is ever hashed. */
    static boolean isBearable(String password) {
        return password.length() <= MAX_BYTES && password.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
    }

    private @Nullable String objection(String username, String password) {
        if (!isBearable(password)) {
            return "must have at most %d bytes.".formatted(MAX_BYTES);
        }
        if (password.codePointCount(0, password.length()) < MIN_CHARACTERS) {
            return "must have at least %d characters; a few words will do.".formatted(MIN_CHARACTERS);
        }
        if (password.chars().distinct().count() < FEWEST_DIFFERENT) {
            return "must have at least %d different characters.".formatted(FEWEST_DIFFERENT);
        }
        if (username.length() >= SHORTEST_NAME
                && password.toLowerCase(Locale.ROOT).contains(username.toLowerCase(Locale.ROOT))) {
            return "must not contain the user name.";
        }
        return breached.contains(password) ? "is one of those that attackers try first; choose another." : null;
    }
}
