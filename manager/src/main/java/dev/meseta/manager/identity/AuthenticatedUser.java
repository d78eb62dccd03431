package dev.meseta.manager.identity;

import java.io.Serializable;
import java.security.Principal;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Somebody whose credential was checked.
 *
 * @param permissions what they may do somewhere; where, {@link Access} knows
 * @param tokenId the API token they came with; null: they came in person
 */
public record AuthenticatedUser(
        UUID id,
        String username,
        Set<Permission> permissions,
        @Nullable UUID tokenId) implements Principal, Serializable {
    public AuthenticatedUser {
        permissions = Set.copyOf(permissions);
    }

    public AuthenticatedUser(UUID id, String username, Set<Permission> permissions) {
        this(id, username, permissions, null);
    }

    @Override
    public String getName() {
        return username;
    }

    public boolean may(Permission permission) {
        return permissions.contains(permission);
    }
}
