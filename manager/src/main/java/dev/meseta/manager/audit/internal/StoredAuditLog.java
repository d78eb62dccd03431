package dev.meseta.manager.audit.internal;

import dev.meseta.audit.AuditLines;
import dev.meseta.manager.audit.AuditLog;
import dev.meseta.manager.audit.internal.AuditRows.Stored;
import dev.meseta.manager.audit.internal.AuditRows.StoredCheckpoint;
import dev.meseta.manager.certificates.CertificateAuthorities;
import dev.meseta.manager.certificates.CertificateAuthorities.Purpose;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListRequest;
import java.security.cert.CertificateEncodingException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Exports the log: the authority, then records with each checkpoint behind all that it knows of. */
@Service
class StoredAuditLog implements AuditLog {

    private static final int BATCH = 500;

    private final AuditRows rows;
    private final CertificateAuthorities authorities;
    private final JsonMapper json;

    StoredAuditLog(AuditRows rows, CertificateAuthorities authorities, JsonMapper json) {
        this.rows = rows;
        this.authorities = authorities;
        this.json = json;
    }

    @Override
    public void export(Instant from, Instant to, Consumer<String> line) {
        line.accept(authority());
        // Read first: whatever they know of has been stored by now.
        Deque<StoredCheckpoint> checkpoints = new ArrayDeque<>(rows.checkpoints(from, to));
        long last = 0;
        List<Stored> batch;
        do {
            batch = rows.records(from, to, last, BATCH);
            for (Stored record : batch) {
                emit(checkpoints, record.id() - 1, line);
                line.accept(json.writeValueAsString(record.line(json)));
                last = record.id();
            }
        } while (batch.size() == BATCH);
        emit(checkpoints, Long.MAX_VALUE, line);
    }

    @Override
    public Page<AuditRecord> list(ListRequest request) {
        return rows.list(request);
    }

    /** Those that know no record behind that one. */
    private static void emit(Deque<StoredCheckpoint> checkpoints, long lastRecord, Consumer<String> line) {
        while (!checkpoints.isEmpty() && checkpoints.getFirst().lastRecord() <= lastRecord) {
            line.accept(checkpoints.removeFirst().line());
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
