package dev.meseta.manager.audit;

import java.time.Instant;
import java.util.function.Consumer;

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
}
