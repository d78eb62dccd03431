package dev.meseta.manager.inventory;

/** VM states as administrators know them. */
public enum VmStatus {
    DOWN,
    WAIT_FOR_LAUNCH,
    STARTING,
    UP,
    PAUSED,
    SUSPENDED,
    MIGRATING,
    STOPPING,
    REBOOTING,
    UNKNOWN,
    LOCKED
}
