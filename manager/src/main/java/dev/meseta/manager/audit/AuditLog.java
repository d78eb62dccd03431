package dev.meseta.manager.audit;

import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;

/** Reads what {@link Audit} wrote. */
public interface AuditLog {

    /**
     * Every record of a span of time in its order, one after the other, without holding them all in memory.
     *
     * @param from inclusive
     * @param to exclusive
     */
    void read(Instant from, Instant to, Consumer<Audited> reader);

    /** One record. */
    record Audited(
            long id,
            Instant at,
            String principal,
            String remoteAddress,
            String action,
            String objectKind,
            String objectId,
            Audit.Outcome outcome,
            String code,
            String correlationId,
            Map<String, Object> detail) {}
}
