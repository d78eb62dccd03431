package dev.meseta.manager.agents;

/** How a person can look at a guest and talk to it. */
public enum ConsoleKind {
    /** Screen, keyboard and mouse, by the protocol of RFC 6143. */
    VNC,
    /** The guest's first serial port. One person at a time: who comes last has it. */
    SERIAL
}
