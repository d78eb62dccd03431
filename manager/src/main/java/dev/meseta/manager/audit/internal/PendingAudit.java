package dev.meseta.manager.audit.internal;

import dev.meseta.manager.audit.Audit;
import dev.meseta.manager.audit.CommittedAudit;
import org.springframework.stereotype.Service;

/** Leaves records in the caller's transaction and wakes the writer after it. */
@Service
class PendingAudit implements CommittedAudit {

    private final PendingRows rows;
    private final AuditWriter writer;

    PendingAudit(PendingRows rows, AuditWriter writer) {
        this.rows = rows;
        this.writer = writer;
    }

    @Override
    public void record(Audit.Entry entry) {
        rows.add(entry);
        writer.lookAfterCommit();
    }
}
