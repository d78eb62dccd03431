package dev.meseta.manager.audit.internal;

import dev.meseta.manager.audit.Audit;
import dev.meseta.manager.audit.Audit.Outcome;
import dev.meseta.manager.audit.CommittedAudit;
import dev.meseta.manager.audit.internal.AuditRows.StoredCheckpoint;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.shared.UuidGenerator;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Removes records that are older than they have to be kept: all that a checkpoint knew, which is signed anew as the beginning
 * of the log. That they were removed is a record like any other.
 */
@Component
class Retention {

    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private final JdbcClient jdbc;
    private final AuditRows rows;
    private final Checkpoints checkpoints;
    private final CommittedAudit audit;
    private final TransactionTemplate transaction;
    private final UuidGenerator ids;
    private final InstantSource clock;

    Retention(
            JdbcClient jdbc,
            AuditRows rows,
            Checkpoints checkpoints,
            CommittedAudit audit,
            PlatformTransactionManager transactions,
            UuidGenerator ids,
            InstantSource clock) {
        this.jdbc = jdbc;
        this.rows = rows;
        this.checkpoints = checkpoints;
        this.audit = audit;
        this.transaction = new TransactionTemplate(transactions);
        this.ids = ids;
        this.clock = clock;
    }

    /** @return how many records were removed; 0 also when there is no checkpoint that is old enough */
    long removeOlderThan(int keepDays) throws GeneralSecurityException {
        Instant now = clock.instant();
        Optional<StoredCheckpoint> last = rows.lastCheckpointBefore(now.minus(Duration.ofDays(keepDays)));
        if (last.isEmpty()) {
            return 0;
        }
        String anchor = checkpoints.anchor(last.get(), now, keepDays);
        Long removed = transaction.execute(status -> {
            long count = jdbc.sql("SELECT audit_forget(CAST(:anchor AS json))")
                    .param("anchor", anchor)
                    .query(Long.class)
                    .single();
            audit.record(new Audit.Entry(
                    RequestContext.system("").principal(),
                    "",
                    "audit.removed",
                    "audit",
                    "",
                    Outcome.SUCCESS,
                    "",
                    ids.next().toString(),
                    Map.of(
                            "records",
                            count,
                            "anchor",
                            last.get().number(),
                            "until",
                            last.get().at().atOffset(ZoneOffset.UTC).toString(),
                            "keepDays",
                            keepDays)));
            return count;
        });
        LOG.info(
                "{} audit records older than {} days were removed; the log begins at checkpoint {} now",
                removed,
                keepDays,
                last.get().number());
        return removed == null ? 0 : removed;
    }
}
