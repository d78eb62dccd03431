package dev.meseta.manager.identity;

/** What somebody may do; each with the sentence people read. */
public enum Permission {
    DATA_CENTER_READ("See data centers and clusters"),
    HOST_READ("See hosts"),
    HOST_ENROL("Let a new host join"),
    HOST_MAINTENANCE("Put a host into maintenance and activate it"),
    VM_READ("See VMs"),
    VM_CREATE("Create VMs"),
    VM_CHANGE("Change a VM's settings"),
    VM_DELETE("Delete VMs"),
    VM_OPERATE("Start, stop, restart and pause VMs"),
    VM_MIGRATE("Move running VMs to other hosts"),
    VM_CONSOLE("Open a VM's console"),
    IMAGE_READ("See images"),
    IMAGE_USE("Create VMs from images"),
    IMAGE_CREATE("Import images"),
    IMAGE_DELETE("Delete images"),
    STORAGE_READ("See storage domains and disks"),
    STORAGE_USE("Put disks of new VMs on a storage domain"),
    NETWORK_READ("See networks"),
    NETWORK_USE("Connect VMs to a network"),
    FLOW_READ("See traffic of VMs and networks"),
    TASK_READ("See tasks"),
    TASK_CANCEL("Cancel tasks"),
    EVENT_READ("See events"),
    AUDIT_READ("Read and export the audit log"),
    AUDIT_SETTINGS("Change what becomes of the audit log"),
    MANAGER_READ("See managers"),
    METRICS_READ("Read the manager's metrics"),
    USER_READ("See users and groups"),
    USER_MANAGE("Create, change and delete users"),
    GROUP_MANAGE("Create, change and delete groups, and say who is in them"),
    ROLE_READ("See roles"),
    ROLE_MANAGE("Create, change and delete roles"),
    GRANT_READ("See grants"),
    GRANT_MANAGE("Give and take grants"),
    TOKEN_MANAGE("See and revoke the API tokens of others"),
    ACCESS_EXPLAIN("Ask why somebody may do something, who may, and review all grants"),
    TOKEN_OWN("Make and revoke API tokens of one's own"),
    SESSION_OWN("Use one's own session");

    private final String sentence;

    Permission(String sentence) {
        this.sentence = sentence;
    }

    public String sentence() {
        return sentence;
    }

    /** Held by whoever is signed in, without any grant; no role holds it. */
    public boolean isOwn() {
        return this == SESSION_OWN || this == TOKEN_OWN;
    }

    /** Of the whole installation only: to hold it on a part is not enough. */
    public boolean isSystemWide() {
        return switch (this) {
            case AUDIT_READ,
                    AUDIT_SETTINGS,
                    MANAGER_READ,
                    METRICS_READ,
                    USER_MANAGE,
                    GROUP_MANAGE,
                    ROLE_MANAGE,
                    TOKEN_MANAGE -> true;
            default -> false;
        };
    }
}
