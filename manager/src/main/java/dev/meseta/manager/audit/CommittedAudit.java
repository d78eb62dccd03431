package dev.meseta.manager.audit;

/** Writes what a transaction has done. */
public interface CommittedAudit {

    /**
     * In the caller's transaction: it is recorded if and only if that commits, a moment after. Costs one small row and waits
     * for nobody. Never throws for bad values.
     */
    void record(Audit.Entry entry);
}
