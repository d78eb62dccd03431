package dev.meseta.manager.audit;

import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListRequest;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads what {@link Audit} wrote. */
public interface AuditLog {

    /**
     * The log in the form that can be verified without this manager, see docs/protocol/audit.md: one JSON object a line, in
     * the order in which it was written, without holding all of it in memory.
     *
     * @param from inclusive; a log that does not begin at its beginning is verified as a part
     * @param to exclusive
     * @param line called for each, without an end of line
     */
    void export(Instant from, Instant to, Consumer<String> line);

    /** Records that fit a search, newest first unless asked otherwise. */
    Page<AuditRecord> list(ListRequest request);

    /**
     * Somebody did something, or tried to.
     *
     * @param id of this list alone; the place in the chain is lane and number
     * @param objectName what it was called then; empty: nothing, or nobody knew
     * @param lane life of a manager that wrote it; null: from before there was a chain
     * @param number in its lane, from 1; 0 without a lane
     */
    record AuditRecord(
            long id,
            Instant at,
            String principal,
            String remoteAddress,
            String action,
            String objectKind,
            String objectId,
            String objectName,
            Audit.Outcome outcome,
            String code,
            String correlationId,
            Map<String, Object> detail,
            @Nullable UUID lane,
            long number) {}
}
