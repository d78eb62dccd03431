package dev.meseta.manager.identity;

import java.io.Serializable;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One session of somebody, and what was proved in it.
 *
 * @param sessionId not the secret
 * @param passwordProvedAt last; null: never in this session
 * @param secondProvedAt when a second factor was shown last; null: never in this session
 * @param hasSecondFactor whether there is a second factor that the person could show
 * @param mustEnrol they must enrol a second factor before anything else
 * @param isAtProvider it was begun by an identity provider, which keeps what the person signs in with
 */
public record SignIn(
        UUID sessionId,
        AuthenticatedUser user,
        Set<Factor> factors,
        @Nullable Instant passwordProvedAt,
        @Nullable Instant secondProvedAt,
        boolean hasSecondFactor,
        boolean mustEnrol,
        boolean isAtProvider)
        implements Serializable {

    public SignIn {
        factors = factors.isEmpty() ? Set.of() : EnumSet.copyOf(factors);
    }
}
