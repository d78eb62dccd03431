package dev.meseta.manager.identity;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Who asks for what this thread does now. Bound to every request, to nobody before sign-in; what the manager does by itself
 * (tasks, the reconciler) has none, and is not limited: it does what was allowed when it was asked for.
 */
public final class Actor {

    /** A request without a credential: may do nothing. */
    public static final AuthenticatedUser NOBODY = new AuthenticatedUser(new UUID(0, 0), "anonymous", Set.of());

    private static final ScopedValue<AuthenticatedUser> CURRENT = ScopedValue.newInstance();

    private Actor() {}

    /** Empty: the manager itself. */
    public static Optional<AuthenticatedUser> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }

    /** Does some work for somebody, within what they may do. */
    public static <T, X extends Throwable> T as(AuthenticatedUser user, ScopedValue.CallableOp<? extends T, X> work)
            throws X {
        return ScopedValue.where(CURRENT, user).call(work);
    }
}
