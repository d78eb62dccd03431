package dev.meseta.manager.audit.internal;

import dev.meseta.audit.AuditLines;
import dev.meseta.audit.AuditVerifier;
import dev.meseta.audit.AuditVerifier.BrokenException;
import dev.meseta.manager.audit.AuditLog;
import dev.meseta.manager.audit.internal.AuditRows.Range;
import dev.meseta.manager.audit.internal.AuditRows.Stored;
import dev.meseta.manager.audit.internal.AuditRows.StoredCheckpoint;
import dev.meseta.manager.certificates.CertificateAuthorities;
import dev.meseta.manager.certificates.CertificateAuthorities.Purpose;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListRequest;
import java.security.cert.CertificateEncodingException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Exports the log: the authority, then records with each checkpoint behind all that it knows of. */
@Service
class StoredAuditLog implements AuditLog {

    private final AuditRows rows;
    private final CertificateAuthorities authorities;
    private final JsonMapper json;
    private final Formats formats;
    private final Semaphore verifying = new Semaphore(1);
    private final TransactionTemplate oneView;

    StoredAuditLog(
            AuditRows rows,
            CertificateAuthorities authorities,
            JsonMapper json,
            Formats formats,
            PlatformTransactionManager transactions) {
        this.rows = rows;
        this.authorities = authorities;
        this.json = json;
        this.formats = formats;
        this.oneView = new TransactionTemplate(transactions);
        this.oneView.setReadOnly(true);
        this.oneView.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    }

    @Override
    public void export(Instant from, Instant to, Consumer<String> line) {
        export(from, to, new Sink() {
            @Override
            public void line(String text) {
                line.accept(text);
            }

            @Override
            public void record(Stored stored) {
                line.accept(json.writeValueAsString(stored.line(json)));
            }
        });
    }

    @Override
    public void export(Format format, Instant from, Instant to, Consumer<String> line) {
        if (format == Format.JSONL) {
            export(from, to, line);
            return;
        }
        export(from, to, new Sink() {
            @Override
            public void line(String text) {
                // Checkpoints mean nothing without the chain.
            }

            @Override
            public void record(Stored stored) {
                line.accept(formats.line(format, stored));
            }
        });
    }

    /** Takes what an export consists of. */
    private interface Sink {

        /** The authority, an anchor or a checkpoint. */
        void line(String text);

        void record(Stored stored);
    }

    private void export(Instant from, Instant to, Sink sink) {
        sink.line(authority());
        boolean whole = isWhole(from);
        // One view of the database for all of it: what others commit meanwhile may have lower ids than what was read
        // already.
        oneView.executeWithoutResult(status -> {
            Range known = rows.range(from, to);
            Range range = whole ? new Range(0, known.last()) : known;
            if (whole) {
                rows.anchor().ifPresent(sink::line);
            }
            Deque<StoredCheckpoint> checkpoints = new ArrayDeque<>(rows.checkpoints(range));
            rows.records(range, record -> {
                emit(checkpoints, record.id() - 1, sink);
                sink.record(record);
            });
            emit(checkpoints, Long.MAX_VALUE, sink);
        });
    }

    private static boolean isWhole(Instant from) {
        return !from.isAfter(Instant.EPOCH);
    }

    @Override
    public Page<AuditRecord> list(ListRequest request) {
        return rows.list(request);
    }

    @Override
    public AuditRecord get(long id) {
        return rows.find(id)
                .orElseThrow(() -> new MesetaException(
                        ErrorCode.NOT_FOUND, "There is no audit record %d (any more).".formatted(id)));
    }

    @Override
    public Page<Checkpoint> checkpoints(ListRequest request) {
        return rows.listCheckpoints(request);
    }

    @Override
    public Verdict verify(Instant from, Instant to) {
        if (!verifying.tryAcquire()) {
            throw new MesetaException(
                    ErrorCode.TOO_MANY_REQUESTS,
                    "This manager verifies the audit log for somebody already; ask again in a moment.");
        }
        try {
            return verdict(from, to);
        } finally {
            verifying.release();
        }
    }

    private Verdict verdict(Instant from, Instant to) {
        boolean part = !isWhole(from);
        var verification =
                new Verification(new AuditVerifier(Optional.of(authorities.fingerprint(Purpose.AUDIT)), part), json);
        Break found = null;
        try {
            export(from, to, verification);
            verification.finish();
        } catch (Verification.StoppedException e) {
            found = e.where();
        }
        AuditVerifier.Report report = verification.soFar();
        return new Verdict(
                found == null,
                part,
                report.records(),
                report.lanes(),
                report.checkpoints(),
                report.lastCheckpoint(),
                report.lastCheckpointHash(),
                report.anchor(),
                report.unsealed(),
                report.unprotected(),
                found);
    }

    /** Reads an export where it is made, and ends it at the first break. */
    private record Verification(AuditVerifier verifier, JsonMapper json) implements Sink {

        /** Through code that knows of no checked exception. */
        private static final class StoppedException extends RuntimeException {

            private static final long serialVersionUID = 1L;

            private final transient Break where;

            private StoppedException(BrokenException cause, @Nullable Long recordId) {
                super(cause);
                this.where = new Break(cause.line(), recordId, String.valueOf(cause.getMessage()));
            }

            private Break where() {
                return where;
            }
        }

        @Override
        public void line(String text) {
            read(text, null);
        }

        @Override
        public void record(Stored stored) {
            read(json.writeValueAsString(stored.line(json)), stored.id());
        }

        private void read(String text, @Nullable Long recordId) {
            try {
                verifier.read(text);
            } catch (BrokenException e) {
                throw new StoppedException(e, recordId);
            }
        }

        void finish() {
            try {
                AuditVerifier.Report unused = verifier.finish();
            } catch (BrokenException e) {
                throw new StoppedException(e, null);
            }
        }

        AuditVerifier.Report soFar() {
            return verifier.soFar();
        }
    }

    /** Those that know no record behind that one. */
    private static void emit(Deque<StoredCheckpoint> checkpoints, long lastRecord, Sink sink) {
        while (!checkpoints.isEmpty() && checkpoints.getFirst().lastRecord() <= lastRecord) {
            sink.line(checkpoints.removeFirst().line());
        }
    }

    private String authority() {
        ObjectNode line = json.createObjectNode();
        try {
            AuditLines.putAuthority(
                    line, authorities.caCertificate(Purpose.AUDIT).getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("the audit authority's certificate cannot be written", e);
        }
        return json.writeValueAsString(line);
    }
}
