package dev.meseta.manager.shared;

/** Codes of events that are news and no errors; other events carry an {@link ErrorCode} or nothing. Never renamed. */
public enum EventCode {
    /** A VM went down by itself and is started again. */
    VM_RESTARTED,
    /** A VM went down again and again; it is left down for a while. */
    VM_CRASH_LOOP,
    /** An agent claims other addresses than those its host joined with; they are not taken over. */
    HOST_ADDRESS_REFUSED,
    /** A manager has begun to work. */
    MANAGER_JOINED,
    /** A manager is being stopped in order. */
    MANAGER_STOPPED,
    /** A manager has not renewed its lease: others take its work over. */
    MANAGER_FENCED,
    /** Somebody asks for more than one caller may; what is too much is refused. Once for a burst. */
    CALLER_THROTTLED
}
