package dev.meseta.manager.audit.internal;

import dev.meseta.audit.AuditLines;
import dev.meseta.manager.audit.AuditLog;
import dev.meseta.manager.audit.internal.AuditRows.Range;
import dev.meseta.manager.audit.internal.AuditRows.StoredCheckpoint;
import dev.meseta.manager.certificates.CertificateAuthorities;
import dev.meseta.manager.certificates.CertificateAuthorities.Purpose;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListRequest;
import java.security.cert.CertificateEncodingException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
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
    private final TransactionTemplate oneView;

    StoredAuditLog(
            AuditRows rows,
            CertificateAuthorities authorities,
            JsonMapper json,
            PlatformTransactionManager transactions) {
        this.rows = rows;
        this.authorities = authorities;
        this.json = json;
        this.oneView = new TransactionTemplate(transactions);
        this.oneView.setReadOnly(true);
        this.oneView.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    }

    @Override
    public void export(Instant from, Instant to, Consumer<String> line) {
        line.accept(authority());
        // One view of the database for all of it: what others commit meanwhile may have lower ids than what was read
        // already.
        oneView.executeWithoutResult(status -> {
            Range range = rows.range(from, to);
            Deque<StoredCheckpoint> checkpoints = new ArrayDeque<>(rows.checkpoints(range));
            rows.records(range, record -> {
                emit(checkpoints, record.id() - 1, line);
                line.accept(json.writeValueAsString(record.line(json)));
            });
            emit(checkpoints, Long.MAX_VALUE, line);
        });
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
