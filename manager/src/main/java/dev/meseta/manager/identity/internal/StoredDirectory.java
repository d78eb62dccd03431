package dev.meseta.manager.identity.internal;

import dev.meseta.manager.identity.AccessDirectory;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListRequest;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Users, groups, roles and grants, each change in one transaction. */
@Service
@Transactional
class StoredDirectory implements AccessDirectory {

    private final StoredUsers users;
    private final StoredGroups groups;
    private final StoredRoles roles;
    private final StoredGrants grants;

    StoredDirectory(StoredUsers users, StoredGroups groups, StoredRoles roles, StoredGrants grants) {
        this.users = users;
        this.groups = groups;
        this.roles = roles;
        this.grants = grants;
    }

    @Override
    public Page<User> users(ListRequest request) {
        return users.users(request);
    }

    @Override
    public User user(UUID userId) {
        return users.user(userId);
    }

    @Override
    public User createUser(NewUser user) {
        return users.createUser(user);
    }

    @Override
    public User changeUser(UUID userId, UserChange change, long expectedVersion) {
        return users.changeUser(userId, change, expectedVersion);
    }

    @Override
    public User resetFactors(UUID userId) {
        return users.resetFactors(userId);
    }

    @Override
    public User setPassword(UUID userId, String password) {
        return users.setPassword(userId, password);
    }

    @Override
    public void deleteUser(UUID userId, @Nullable Long expectedVersion) {
        users.deleteUser(userId, expectedVersion);
    }

    @Override
    public Page<Group> groups(ListRequest request) {
        return groups.groups(request);
    }

    @Override
    public Group group(UUID groupId) {
        return groups.group(groupId);
    }

    @Override
    public Group createGroup(NewGroup group) {
        return groups.createGroup(group);
    }

    @Override
    public Group changeGroup(UUID groupId, GroupChange change, long expectedVersion) {
        return groups.changeGroup(groupId, change, expectedVersion);
    }

    @Override
    public void deleteGroup(UUID groupId, @Nullable Long expectedVersion) {
        groups.deleteGroup(groupId, expectedVersion);
    }

    @Override
    public Group setMembers(UUID groupId, Set<UUID> userIds, long expectedVersion) {
        return groups.setMembers(groupId, userIds, expectedVersion);
    }

    @Override
    public Page<Role> roles(ListRequest request) {
        return roles.roles(request);
    }

    @Override
    public Role role(UUID roleId) {
        return roles.role(roleId);
    }

    @Override
    public Role createRole(NewRole role) {
        return roles.createRole(role);
    }

    @Override
    public Role changeRole(UUID roleId, NewRole role, long expectedVersion) {
        return roles.changeRole(roleId, role, expectedVersion);
    }

    @Override
    public void deleteRole(UUID roleId, @Nullable Long expectedVersion) {
        roles.deleteRole(roleId, expectedVersion);
    }

    @Override
    public Page<Grant> grants(ListRequest request) {
        return grants.grants(request);
    }

    @Override
    public Grant grant(UUID grantId) {
        return grants.grant(grantId);
    }

    @Override
    public Grant createGrant(NewGrant grant) {
        return grants.createGrant(grant);
    }

    @Override
    public void deleteGrant(UUID grantId) {
        grants.deleteGrant(grantId);
    }
}
