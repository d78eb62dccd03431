package dev.meseta.manager.shared;

/** Whose matter an error is; decided where it is thrown. */
public enum ErrorCategory {
    USER,
    PERMISSION,
    CAPACITY,
    CONFLICT,
    AGENT,
    INTERNAL
}
