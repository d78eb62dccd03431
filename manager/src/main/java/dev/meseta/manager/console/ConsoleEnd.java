package dev.meseta.manager.console;

/** Why a console ended. Names are never changed. */
public enum ConsoleEnd {
    /** The VM runs on another host now: ask for another ticket. */
    CONSOLE_MOVED,
    /** The VM does not run any more. */
    CONSOLE_VM_STOPPED,
    /** The host, or another person who opened the same serial port, ended it. */
    CONSOLE_CLOSED,
    /** Whoever opened it has signed out, or may not any more. */
    CONSOLE_SIGNED_OUT,
    /** Nothing was typed for too long. */
    CONSOLE_IDLE
}
