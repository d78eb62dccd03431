package dev.meseta.manager.identity;

import java.util.Optional;

/** Checks credentials. */
public interface Authenticator {

    /**
     * A name with its password. Takes the same time whether or not there is such a user.
     *
     * @param remoteAddress attempts are counted for it
     * @throws dev.meseta.manager.shared.MesetaException TOO_MANY_REQUESTS after too many failures from there
     */
    Optional<AuthenticatedUser> byPassword(String username, String password, String remoteAddress);

    /** An API token. */
    Optional<AuthenticatedUser> byToken(String token);
}
