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
    IMAGE_CREATE("Import images"),
    IMAGE_DELETE("Delete images"),
    STORAGE_READ("See storage domains and disks"),
    NETWORK_READ("See networks"),
    TASK_READ("See tasks"),
    TASK_CANCEL("Cancel tasks"),
    EVENT_READ("See events"),
    AUDIT_READ("Read and export the audit log"),
    MANAGER_READ("See managers"),
    METRICS_READ("Read the manager's metrics"),
    SESSION_OWN("Use one's own session");

    private final String sentence;

    Permission(String sentence) {
        this.sentence = sentence;
    }

    public String sentence() {
        return sentence;
    }
}
