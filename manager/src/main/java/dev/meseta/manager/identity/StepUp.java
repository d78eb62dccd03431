package dev.meseta.manager.identity;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Dangerous verbs need a factor that was shown lately. */
public interface StepUp {

    /**
     * Returns when a factor was shown within {@code meseta.identity.step-up-window}: a second one by who has one, else the password.
     *
     * @throws dev.meseta.manager.shared.MesetaException STEP_UP_REQUIRED otherwise, with the factors that would do
     */
    void require(SignIn signIn, DangerousVerb verb);

    /**
     * Returns when the token was made for the verb.
     *
     * @throws dev.meseta.manager.shared.MesetaException STEP_UP_REQUIRED otherwise; a token can prove nothing
     */
    void requireOfToken(String token, DangerousVerb verb);

    /**
     * As {@link #require}, of who shows a token of an identity provider's.
     *
     * @param secondProvedAt when they showed a second factor there; null: they did not
     * @throws dev.meseta.manager.shared.MesetaException STEP_UP_REQUIRED
     */
    void requireOfProviderToken(@Nullable Instant secondProvedAt, DangerousVerb verb);

    /** What would do. */
    Set<Factor> factors(SignIn signIn);

    /**
     * Shows a factor again.
     *
     * @throws dev.meseta.manager.shared.MesetaException FACTOR_WRONG when it is wrong; TOO_MANY_REQUESTS after too many
     *     failures
     */
    void prove(SignIn signIn, Proof proof, String address);
}
