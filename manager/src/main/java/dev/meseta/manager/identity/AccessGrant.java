package dev.meseta.manager.identity;

import java.util.Set;
import java.util.UUID;

/**
 * Something allowed or denied, below an object, to somebody who is not named here.
 *
 * @param id of the grant; for the limits of an API token, of the token
 * @param through the group that it was given to; empty: the person, or everyone
 * @param tag not empty: only for objects below the scope that carry it, and what belongs to them
 */
public record AccessGrant(
        UUID id,
        String through,
        UUID roleId,
        String roleName,
        Set<Permission> permissions,
        Effect effect,
        ObjectRef scope,
        String tag) {

    public AccessGrant {
        permissions = Set.copyOf(permissions);
    }

    /** What a grant does. A denial wins, wherever it is. */
    public enum Effect {
        ALLOW,
        DENY
    }

    boolean isAbout(Permission permission, Lineage object) {
        return permissions.contains(permission) && object.isIn(scope, tag);
    }
}
