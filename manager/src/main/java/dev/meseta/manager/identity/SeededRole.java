package dev.meseta.manager.identity;

import static dev.meseta.manager.identity.Permission.*;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Roles that every installation has and nobody changes. Their rows are made by a migration. */
public enum SeededRole {
    SUPERUSER(1, all()),
    DATA_CENTER_ADMINISTRATOR(
            2,
            EnumSet.complementOf(EnumSet.of(
                    USER_MANAGE,
                    GROUP_MANAGE,
                    ROLE_MANAGE,
                    TOKEN_MANAGE,
                    AUDIT_READ,
                    AUDIT_SETTINGS,
                    MANAGER_READ,
                    METRICS_READ))),
    CLUSTER_ADMINISTRATOR(
            3,
            EnumSet.of(
                    DATA_CENTER_READ,
                    HOST_READ,
                    HOST_ENROL,
                    HOST_MAINTENANCE,
                    VM_READ,
                    VM_CREATE,
                    VM_CHANGE,
                    VM_DELETE,
                    VM_OPERATE,
                    VM_MIGRATE,
                    VM_CONSOLE,
                    IMAGE_READ,
                    IMAGE_USE,
                    STORAGE_READ,
                    STORAGE_USE,
                    NETWORK_READ,
                    NETWORK_USE,
                    FLOW_READ,
                    TASK_READ,
                    TASK_CANCEL,
                    EVENT_READ)),
    HOST_ADMINISTRATOR(
            4,
            EnumSet.of(
                    DATA_CENTER_READ,
                    HOST_READ,
                    HOST_ENROL,
                    HOST_MAINTENANCE,
                    VM_READ,
                    VM_MIGRATE,
                    TASK_READ,
                    TASK_CANCEL,
                    EVENT_READ)),
    STORAGE_ADMINISTRATOR(
            5,
            EnumSet.of(
                    DATA_CENTER_READ,
                    STORAGE_READ,
                    STORAGE_USE,
                    IMAGE_READ,
                    IMAGE_USE,
                    IMAGE_CREATE,
                    IMAGE_DELETE,
                    TASK_READ,
                    TASK_CANCEL,
                    EVENT_READ)),
    NETWORK_ADMINISTRATOR(
            6, EnumSet.of(DATA_CENTER_READ, NETWORK_READ, NETWORK_USE, VM_READ, FLOW_READ, TASK_READ, EVENT_READ)),
    VM_ADMINISTRATOR(
            7,
            EnumSet.of(
                    DATA_CENTER_READ,
                    VM_READ,
                    VM_CREATE,
                    VM_CHANGE,
                    VM_DELETE,
                    VM_OPERATE,
                    VM_MIGRATE,
                    VM_CONSOLE,
                    IMAGE_READ,
                    IMAGE_USE,
                    STORAGE_READ,
                    STORAGE_USE,
                    NETWORK_READ,
                    NETWORK_USE,
                    TASK_READ,
                    TASK_CANCEL,
                    EVENT_READ)),
    OPERATOR(8, EnumSet.of(VM_READ, VM_OPERATE, VM_MIGRATE, VM_CONSOLE, TASK_READ, TASK_CANCEL, EVENT_READ)),
    USER_WITH_CONSOLE(9, EnumSet.of(VM_READ, VM_OPERATE, VM_CONSOLE, TASK_READ, EVENT_READ)),
    TEMPLATE_CREATOR(
            10, EnumSet.of(IMAGE_READ, IMAGE_USE, IMAGE_CREATE, STORAGE_READ, STORAGE_USE, TASK_READ, EVENT_READ)),
    SECURITY_AUDITOR(
            11,
            EnumSet.of(
                    DATA_CENTER_READ,
                    HOST_READ,
                    VM_READ,
                    IMAGE_READ,
                    STORAGE_READ,
                    NETWORK_READ,
                    FLOW_READ,
                    TASK_READ,
                    EVENT_READ,
                    AUDIT_READ,
                    MANAGER_READ,
                    USER_READ,
                    ROLE_READ,
                    GRANT_READ,
                    ACCESS_EXPLAIN)),
    NETWORK_SECURITY_OFFICER(
            12,
            EnumSet.of(
                    DATA_CENTER_READ, HOST_READ, VM_READ, NETWORK_READ, FLOW_READ, TASK_READ, EVENT_READ, AUDIT_READ)),
    READ_ONLY(
            13,
            EnumSet.of(
                    DATA_CENTER_READ,
                    HOST_READ,
                    VM_READ,
                    IMAGE_READ,
                    STORAGE_READ,
                    NETWORK_READ,
                    TASK_READ,
                    EVENT_READ,
                    MANAGER_READ,
                    METRICS_READ));

    private final UUID id;

    @SuppressWarnings("ImmutableEnumChecker") // A copy that nobody can change.
    private final Set<Permission> permissions;

    SeededRole(int number, Set<Permission> permissions) {
        this.id = new UUID(0x0000_0000_0000_7000L, 0x8000_0000_0000_0000L | number);
        EnumSet<Permission> held = EnumSet.copyOf(permissions);
        held.removeIf(Permission::isOwn);
        this.permissions = Set.copyOf(held);
    }

    private static EnumSet<Permission> all() {
        return EnumSet.allOf(Permission.class);
    }

    public UUID id() {
        return id;
    }

    public Set<Permission> permissions() {
        return permissions;
    }

    public static Optional<SeededRole> of(UUID id) {
        return Arrays.stream(values()).filter(role -> role.id.equals(id)).findFirst();
    }
}
