package dev.meseta.agent.hypervisor;

/** Why a domain is in its state. */
public enum DomainReason {
    NONE,
    USER,
    GUEST_SHUTDOWN,
    CRASHED,
    MIGRATED,
    IO_ERROR,
    MIGRATING,
    POST_COPY,
    POST_COPY_FAILED,
    DESTROYED
}
