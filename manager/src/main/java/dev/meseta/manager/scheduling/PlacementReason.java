package dev.meseta.manager.scheduling;

/** Codes of what speaks for or against a host. Never renamed. */
public enum PlacementReason {
    /** For it: how much stays free there. */
    SPREAD,
    HOST_NOT_UP,
    HOST_IN_MAINTENANCE,
    /** Its agent has not said yet what it has. */
    HOST_NOT_DESCRIBED,
    NOT_ENOUGH_MEMORY,
    NOT_ENOUGH_VCPUS,
    /** The VM is there already. */
    SAME_HOST,
    OTHER_HOST_REQUIRED,
    /** A running guest cannot move between hardware virtualization and emulation. */
    OTHER_ACCELERATION
}
