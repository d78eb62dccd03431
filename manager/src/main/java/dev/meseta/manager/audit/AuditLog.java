package dev.meseta.manager.audit;

import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListRequest;
import io.swagger.v3.oas.annotations.media.Schema;
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

    /** As {@link #export}, in a format that others read and that cannot be verified any more. */
    void export(Format format, Instant from, Instant to, Consumer<String> line);

    /** Records that fit a search, newest first unless asked otherwise. */
    Page<AuditRecord> list(ListRequest request);

    /** @throws dev.meseta.manager.shared.MesetaException NOT_FOUND */
    AuditRecord get(long id);

    /**
     * Verifies what {@link #export} would hand out, here.
     *
     * @throws dev.meseta.manager.shared.MesetaException TOO_MANY_REQUESTS while this manager verifies for somebody else
     */
    Verdict verify(Instant from, Instant to);

    /** Newest first. */
    Page<Checkpoint> checkpoints(ListRequest request);

    /** What a line looks like. */
    enum Format {
        /** As it is kept, chained and signed. */
        JSONL,
        /** ArcSight Common Event Format. */
        CEF,
        /** Open Cybersecurity Schema Framework. */
        OCSF
    }

    /**
     * How far all lanes were at a moment, signed.
     *
     * @param records stored by then in all lanes
     */
    record Checkpoint(long number, Instant at, String hash, int lanes, long records) {}

    /**
     * Whether the log is as managers wrote it.
     *
     * @param whole nothing was found; counts are up to the break otherwise
     * @param part it was asked for from some moment on, so that nobody can tell what is missing before
     * @param lanes lives of managers
     * @param anchor checkpoint up to which records were removed on purpose; 0: none were
     * @param unsealed records that no checkpoint covers yet
     * @param unprotected records from before there was a chain
     */
    record Verdict(
            boolean whole,
            boolean part,
            long records,
            int lanes,
            long checkpoints,
            long lastCheckpoint,
            String lastCheckpointHash,
            long anchor,
            long unsealed,
            long unprotected,
            @Nullable Break brokenAt) {}

    /**
     * Where it is broken.
     *
     * @param line of the export, from 1
     * @param recordId of the record there; null: it is a checkpoint, or the end
     */
    @Schema(name = "AuditBreak")
    record Break(long line, @Nullable Long recordId, String what) {}

    /**
     * Somebody did something, or tried to.
     *
     * @param id of this list alone; the place in the chain is lane and number
     * @param objectName what it was called then; empty: nothing, or nobody knew
     * @param lane life of a manager that wrote it; null: from before there was a chain
     * @param number in its lane, from 1; 0 without a lane
     * @param previous hash of the record before it in its lane
     * @param hash of all that an export says of it; null without a lane
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
            long number,
            @Nullable String previous,
            @Nullable String hash) {}
}
