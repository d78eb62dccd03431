package dev.meseta.manager.identity;

import java.io.Serializable;
import java.security.Principal;
import java.util.Set;
import java.util.UUID;

/** Somebody whose credential was checked, and what they may do. */
public record AuthenticatedUser(UUID id, String username, Set<Permission> permissions)
        implements Principal, Serializable {
    public AuthenticatedUser {
        permissions = Set.copyOf(permissions);
    }

    @Override
    public String getName() {
        return username;
    }

    public boolean may(Permission permission) {
        return permissions.contains(permission);
    }
}
