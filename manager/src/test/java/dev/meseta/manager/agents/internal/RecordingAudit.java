package dev.meseta.manager.agents.internal;

import dev.meseta.manager.audit.Audit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what was recorded. */
final class RecordingAudit implements Audit {

    final List<Entry> entries = new CopyOnWriteArrayList<>();

    @Override
    public void record(Entry entry) {
        entries.add(entry);
    }

    Entry last() {
        return entries.getLast();
    }
}
