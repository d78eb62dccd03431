package dev.meseta.manager.inventory;

/** Host states as administrators know them. */
public enum HostStatus {
    PENDING_APPROVAL,
    INSTALLING,
    UP,
    MAINTENANCE,
    PREPARING_MAINTENANCE,
    NON_OPERATIONAL,
    CONNECTING,
    NON_RESPONSIVE,
    FENCING,
    DOWN
}
