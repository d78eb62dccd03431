package dev.meseta.manager.identity;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Who asks for what this thread does now. Bound to every request, to nobody before sign-in. What the manager does by itself
 * says so ({@link #asManager}) and is not limited: it does what was allowed when it was asked for. A thread that says neither is
 * let do nothing, so that one that a request starts and forgets to tell never does more than its requester may.
 */
public final class Actor {

    /** A request without a credential: may do nothing. */
    public static final AuthenticatedUser NOBODY = new AuthenticatedUser(new UUID(0, 0), "anonymous", Set.of());

    /** Empty: the manager. */
    private static final ScopedValue<Optional<AuthenticatedUser>> CURRENT = ScopedValue.newInstance();

    private Actor() {}

    /** Whose name to write down; empty: nobody's but the manager's. */
    public static Optional<AuthenticatedUser> current() {
        return CURRENT.isBound() ? CURRENT.get() : Optional.empty();
    }

    /**
     * Whose grants decide; empty: the manager itself, which may do everything.
     *
     * @throws IllegalStateException when nobody said who asks
     */
    public static Optional<AuthenticatedUser> limited() {
        if (!CURRENT.isBound()) {
            throw new IllegalStateException(
                    "Nobody said who asks: carry the actor over with Actor.as, or say Actor.asManager.");
        }
        return CURRENT.get();
    }

    /** Does some work of the manager's own, without limits. */
    public static <T, X extends Throwable> T asManager(ScopedValue.CallableOp<? extends T, X> work) throws X {
        return ScopedValue.where(CURRENT, Optional.empty()).call(work);
    }

    /** Does some work for somebody, within what they may do. */
    public static <T, X extends Throwable> T as(AuthenticatedUser user, ScopedValue.CallableOp<? extends T, X> work)
            throws X {
        return ScopedValue.where(CURRENT, Optional.of(user)).call(work);
    }
}
