package dev.meseta.manager.audit;

/** Seals the audit log; done once a minute anyhow. */
public interface AuditSeal {

    /** Writes and signs a checkpoint of all that has been stored, unless there is nothing new. */
    void now();
}
