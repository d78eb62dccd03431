package dev.meseta.manager.inventory;

/** What a user wants of a VM. */
public enum PowerState {
    RUNNING,
    STOPPED
}
