package dev.meseta.manager.identity;

import java.util.Optional;

/** Checks credentials. */
public interface Authenticator {

    /** An API token. */
    Optional<AuthenticatedUser> byToken(String token);
}
