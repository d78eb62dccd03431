package dev.meseta.agent.hypervisor;

/** What a domain does on this host. */
public enum DomainState {
    RUNNING,
    PAUSED,
    SHUTTING_DOWN,
    /** Memory of a migration arrives here; the guest runs elsewhere. */
    INCOMING,
    /** Left or ended; only in events. */
    GONE
}
