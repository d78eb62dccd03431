package dev.meseta.manager.identity;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * People who are signed in, at whichever manager: kept in the database, so that every manager knows all of them and the end
 * of any manager ends none. A session ends when it was not used for {@code meseta.session-idle}, and in any case after {@code
 * meseta.session-absolute}.
 */
public interface Sessions {

    /** One of a person's own, without its secret. */
    record Session(
            UUID id, Instant createdAt, Instant usedAt, String remoteAddress, String userAgent, Set<Factor> factors) {}

    /** Who showed this secret; counts as use. Empty: there is no such session, or it has ended. */
    Optional<SignIn> use(String secret);

    /** Whether it has not ended yet; does not count as use. */
    boolean isOpen(String secret);

    /** Ends it for all managers. Nothing happens when there is none. */
    void end(String secret);

    /** Open ones of a user, the last used first. */
    List<Session> of(AuthenticatedUser user);

    /** @throws dev.meseta.manager.shared.MesetaException NOT_FOUND when the user has no such session */
    void end(AuthenticatedUser user, UUID id);

    /** Signs the user out everywhere. */
    void endAll(AuthenticatedUser user);
}
