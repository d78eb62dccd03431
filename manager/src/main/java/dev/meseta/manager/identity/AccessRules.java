package dev.meseta.manager.identity;

import dev.meseta.manager.identity.AccessGrant.Effect;
import java.util.Collection;
import java.util.List;

/** The rules of access, as functions of nothing but what they are given. */
public final class AccessRules {

    private AccessRules() {}

    /**
     * An answer with its reasons.
     *
     * @param deciding denials when there are any, otherwise what allows it; empty: nothing allows it
     */
    public record Answer(boolean allowed, List<AccessGrant> deciding) {
        public Answer {
            deciding = List.copyOf(deciding);
        }
    }

    /** Allowed if some grant on the object or on anything it belongs to allows it, and none there denies it. */
    public static Answer decide(Collection<AccessGrant> grants, Permission permission, Lineage object) {
        if (permission.isOwn()) {
            return new Answer(true, List.of());
        }
        List<AccessGrant> about = grants.stream()
                .filter(grant -> grant.isAbout(permission, object))
                .toList();
        List<AccessGrant> denials =
                about.stream().filter(grant -> grant.effect() == Effect.DENY).toList();
        return denials.isEmpty() ? new Answer(!about.isEmpty(), about) : new Answer(false, denials);
    }

    /** Whether it is allowed on every object there is and will be. */
    public static boolean isAllowedEverywhere(Collection<AccessGrant> grants, Permission permission) {
        boolean allowed = false;
        for (AccessGrant grant : grants) {
            if (grant.permissions().contains(permission)) {
                if (grant.effect() == Effect.DENY) {
                    return false;
                }
                allowed |= grant.tag().isEmpty() && grant.scope().equals(ObjectRef.SYSTEM);
            }
        }
        return allowed || permission.isOwn();
    }

    /** Whether it may be allowed on some object: a grant allows it somewhere, and it is not denied everywhere. */
    public static boolean mayBeAllowedSomewhere(Collection<AccessGrant> grants, Permission permission) {
        boolean allowed = permission.isOwn();
        for (AccessGrant grant : grants) {
            if (grant.permissions().contains(permission)) {
                if (grant.effect() == Effect.ALLOW) {
                    allowed = true;
                } else if (grant.tag().isEmpty() && grant.scope().equals(ObjectRef.SYSTEM)) {
                    return false;
                }
            }
        }
        return allowed;
    }
}
