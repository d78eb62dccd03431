package dev.meseta.manager.identity;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Signing in, in one step or two. Attempts are counted for who is tried and for where they come from. */
public interface SignIns {

    /** @param userAgent what the browser says it is; shown to its owner in the list of sessions */
    record Origin(String address, String userAgent) {}

    /** What a step led to. */
    sealed interface Step {
        AuthenticatedUser user();
    }

    /** @param secret of the session; only its hash is kept */
    record Done(String secret, SignIn signIn) implements Step {
        @Override
        public AuthenticatedUser user() {
            return signIn.user();
        }
    }

    /**
     * A second factor is needed.
     *
     * @param pending secret that goes with it, for five minutes and five attempts
     */
    record More(AuthenticatedUser user, Set<Factor> factors, String pending) implements Step {}

    /**
     * A name with its password. Takes the same time whether or not there is such a user.
     *
     * @throws dev.meseta.manager.shared.MesetaException UNAUTHENTICATED when it is wrong, TOO_MANY_REQUESTS after too many
     *     failures
     */
    Step byPassword(String username, String password, Origin origin);

    /** Who has yet to take the second step; for the audit log. */
    Optional<String> pendingUsername(String pending);

    /**
     * The second step.
     *
     * @throws dev.meseta.manager.shared.MesetaException FACTOR_WRONG when the proof is wrong or was shown before, UNAUTHENTICATED
     *     when the first step is too long ago; TOO_MANY_REQUESTS after too many failures
     */
    Done bySecondFactor(String pending, Proof proof, Origin origin);

    /** A question that any passkey of this site may answer, in WebAuthn's JSON; good once, for five minutes. */
    Map<String, Object> passkeyQuestion(Site site);

    /**
     * A passkey alone: the authenticator has checked the person.
     *
     * @throws dev.meseta.manager.shared.MesetaException FACTOR_WRONG when it is not known or the answer is wrong
     */
    Done byPasskey(Proof.Passkey proof, Origin origin);
}
