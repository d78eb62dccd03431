package dev.meseta.agent.hypervisor;

/** How one can look at a guest and talk to it. */
public enum ConsoleKind {
    /** Screen, keyboard and mouse, by the protocol of RFC 6143. */
    VNC,
    /** The guest's first serial port, byte by byte. */
    SERIAL
}
