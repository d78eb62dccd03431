package dev.meseta.manager.identity;

import java.util.Optional;

/**
 * People who are signed in, at whichever manager: kept in the database, so that every manager knows all of them and the end
 * of any manager ends none.
 */
public interface Sessions {

    /** Begins one. Answers the secret that the person's browser shows from then on; only its hash is kept. */
    String begin(AuthenticatedUser user);

    /** Who showed this secret; counts as use. Empty: there is no such session, or it was not used for too long. */
    Optional<AuthenticatedUser> use(String secret);

    /** Whether it has not ended yet; does not count as use. */
    boolean isOpen(String secret);

    /** Ends it for all managers. Nothing happens when there is none. */
    void end(String secret);
}
