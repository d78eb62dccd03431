package dev.meseta.manager.lifecycle;

/** How a guest is made to stop or to boot again. */
public enum StopMode {
    /** Ask the guest, and give up after a while. */
    GRACEFUL,
    /** Pull the plug. */
    FORCED
}
