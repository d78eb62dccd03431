package dev.meseta.manager.identity;

import dev.meseta.manager.identity.AccessGrant.Effect;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListRequest;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Users, groups, roles and grants. Nobody gives what they lack: who changes a grant, a role or a group's members must hold
 * all that this could give, there. Each method asks for its permission, joins the caller's transaction and records the change
 * with what was before and after. All throw MesetaException NOT_FOUND, FORBIDDEN, STALE_VERSION, NAME_TAKEN,
 * VALIDATION_FAILED.
 */
public interface AccessDirectory {

    /**
     * Somebody who signs in.
     *
     * @param disabled can do nothing: no sign-in, no token, no grant holds for them
     * @param hasSecondFactor an authenticator application or a passkey is enrolled
     */
    record User(
            UUID id,
            String name,
            String displayName,
            boolean disabled,
            boolean hasSecondFactor,
            List<UUID> groupIds,
            long version,
            Instant createdAt) {}

    /** @param externalId of an identity provider; null: made here */
    record Group(
            UUID id,
            String name,
            String description,
            @Nullable String externalId,
            List<UUID> memberIds,
            long version,
            Instant createdAt) {}

    /** @param seeded comes with every installation and is never changed */
    record Role(
            UUID id,
            String name,
            String description,
            boolean seeded,
            Set<Permission> permissions,
            long version,
            Instant createdAt) {}

    /**
     * Who may do, or may not do, what a role holds below an object.
     *
     * @param userId null with a null group: everyone
     * @param scopeName what the object is called; empty: it is gone
     * @param usedAt when it last let somebody do something, to the hour; null: never
     */
    record Grant(
            UUID id,
            @Nullable UUID userId,
            @Nullable UUID groupId,
            String principalName,
            UUID roleId,
            String roleName,
            ObjectKind scopeKind,
            UUID scopeId,
            String scopeName,
            Effect effect,
            String tag,
            String createdBy,
            Instant createdAt,
            @Nullable Instant usedAt) {}

    record NewUser(String name, String displayName, String password) {
        @Override
        public String toString() {
            return "NewUser[" + name + "]";
        }
    }

    record UserChange(String displayName, boolean disabled) {}

    record NewGroup(
            String name, String description, @Nullable String externalId) {}

    record GroupChange(String name, String description) {}

    record NewRole(String name, String description, Set<Permission> permissions) {}

    record NewGrant(
            @Nullable UUID userId, @Nullable UUID groupId, UUID roleId, ObjectRef scope, Effect effect, String tag) {}

    Page<User> users(ListRequest request);

    User user(UUID userId);

    User createUser(NewUser user);

    /** Whoever is disabled is signed out everywhere. Nobody disables themselves. */
    User changeUser(UUID userId, UserChange change, long expectedVersion);

    /**
     * Takes all second factors and recovery codes away, for somebody who has lost them, and signs them out everywhere. The caller
     * must hold all that they do, because whoever can say what somebody signs in with can sign in as them.
     */
    User resetFactors(UUID userId);

    /** Gives a new password, under the terms of {@link #resetFactors}. */
    User setPassword(UUID userId, String password);

    /** Its sessions, tokens and grants go with it. */
    void deleteUser(UUID userId, @Nullable Long expectedVersion);

    Page<Group> groups(ListRequest request);

    Group group(UUID groupId);

    Group createGroup(NewGroup group);

    /** Another name or description: ids decide, so that nobody may do more or less by it. */
    Group changeGroup(UUID groupId, GroupChange change, long expectedVersion);

    void deleteGroup(UUID groupId, @Nullable Long expectedVersion);

    Group setMembers(UUID groupId, Set<UUID> userIds, long expectedVersion);

    Page<Role> roles(ListRequest request);

    Role role(UUID roleId);

    Role createRole(NewRole role);

    Role changeRole(UUID roleId, NewRole role, long expectedVersion);

    /** OBJECT_IN_USE while there are grants of it. */
    void deleteRole(UUID roleId, @Nullable Long expectedVersion);

    Page<Grant> grants(ListRequest request);

    Grant grant(UUID grantId);

    Grant createGrant(NewGrant grant);

    void deleteGrant(UUID grantId);
}
