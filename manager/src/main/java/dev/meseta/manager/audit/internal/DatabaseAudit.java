package dev.meseta.manager.audit.internal;

import dev.meseta.manager.audit.Audit;
import dev.meseta.manager.audit.AuditLog;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** One row a record. A record that cannot be written goes to the log instead, so that it is not lost unseen. */
@Service
class DatabaseAudit implements Audit, AuditLog {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseAudit.class);
    private static final int MAX_TEXT = 500;
    private static final int BATCH = 500;
    private static final TypeReference<Map<String, Object>> DETAIL = new TypeReference<>() {};

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final InstantSource clock;
    private final TransactionTemplate ownTransaction;

    DatabaseAudit(JdbcClient jdbc, JsonMapper json, InstantSource clock, PlatformTransactionManager transactions) {
        this.jdbc = jdbc;
        this.json = json;
        this.clock = clock;
        this.ownTransaction = new TransactionTemplate(transactions);
        this.ownTransaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    }

    @Override
    public void record(Entry entry) {
        try {
            ownTransaction.executeWithoutResult(status -> insert(entry));
        } catch (DataAccessException | TransactionException e) {
            LOG.error(
                    "An audit record could not be written: {} {} {} {} {}",
                    clean(entry.principal()),
                    clean(entry.action()),
                    clean(entry.objectId()),
                    entry.outcome(),
                    clean(entry.correlationId()),
                    e);
        }
    }

    private void insert(Entry entry) {
        jdbc.sql("""
                        INSERT INTO audit_record (at, principal, remote_address, action, object_kind, object_id, outcome,
                            code, correlation_id, detail)
                        VALUES (:at, :principal, :remoteAddress, :action, :objectKind, :objectId, :outcome, :code,
                            :correlationId, CAST(:detail AS jsonb))""")
                .param("at", clock.instant().atOffset(ZoneOffset.UTC))
                .param("principal", clean(entry.principal()))
                .param("remoteAddress", clean(entry.remoteAddress()))
                .param("action", clean(entry.action()))
                .param("objectKind", clean(entry.objectKind()))
                .param("objectId", clean(entry.objectId()))
                .param("outcome", entry.outcome().name())
                .param("code", clean(entry.code()))
                .param("correlationId", clean(entry.correlationId()))
                .param("detail", json.writeValueAsString(entry.detail()).replace("\\u0000", ""))
                .update();
    }

    @Override
    public void read(Instant from, Instant to, Consumer<Audited> reader) {
        long after = 0;
        List<Audited> batch;
        do {
            batch = jdbc.sql("""
                            SELECT * FROM audit_record WHERE at >= :from AND at < :to AND id > :after
                            ORDER BY id LIMIT :batch""")
                    .param("from", from.atOffset(ZoneOffset.UTC))
                    .param("to", to.atOffset(ZoneOffset.UTC))
                    .param("after", after)
                    .param("batch", BATCH)
                    .query((row, number) -> recordOf(row))
                    .list();
            batch.forEach(reader);
            if (!batch.isEmpty()) {
                after = batch.getLast().id();
            }
        } while (batch.size() == BATCH);
    }

    private Audited recordOf(ResultSet row) throws SQLException {
        return new Audited(
                row.getLong("id"),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getString("principal"),
                row.getString("remote_address"),
                row.getString("action"),
                row.getString("object_kind"),
                row.getString("object_id"),
                Outcome.valueOf(row.getString("outcome")),
                row.getString("code"),
                row.getString("correlation_id"),
                json.readValue(row.getString("detail"), DETAIL));
    }

    /** Text that PostgreSQL takes and that cannot fill the table. */
    private static String clean(@Nullable String text) {
        if (text == null) {
            return "";
        }
        String without = text.replace("\0", "");
        return without.length() <= MAX_TEXT ? without : without.substring(0, MAX_TEXT);
    }
}
