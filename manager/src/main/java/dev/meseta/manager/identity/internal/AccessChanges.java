package dev.meseta.manager.identity.internal;

import dev.meseta.manager.audit.Audit;
import dev.meseta.manager.audit.Audit.Outcome;
import dev.meseta.manager.identity.AccessGrant;
import dev.meseta.manager.identity.AccessRules;
import dev.meseta.manager.identity.Actor;
import dev.meseta.manager.identity.Lineage;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.RequestContext;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** What every change of who may do what has in common. */
@Component
class AccessChanges {

    private final JdbcClient jdbc;
    private final GrantRows rows;
    private final KnownGrants known;
    private final Audit audit;

    AccessChanges(JdbcClient jdbc, GrantRows rows, KnownGrants known, Audit audit) {
        this.jdbc = jdbc;
        this.rows = rows;
        this.known = known;
        this.audit = audit;
    }

    /** Changes wait for each other, so that each is judged by what the one before has made. */
    void begin() {
        long epoch = jdbc.sql("SELECT epoch FROM access_epoch FOR UPDATE")
                .query(Long.class)
                .single();
        // The one before may have taken from the actor what they were let in with.
        Actor.current().ifPresent(actor -> known.forgetOlder(actor.id(), epoch));
    }

    /** Records a change once it is committed, and lets nobody work with older grants from then on. */
    void done(String action, String kind, UUID id, String name, @Nullable Record before, @Nullable Record after) {
        requireSomebodyInCharge();
        RequestContext by = RequestContext.current().orElseGet(() -> RequestContext.system(""));
        Map<String, Object> detail = Map.of(
                "before", before == null ? "" : before.toString(), "after", after == null ? "" : after.toString());
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                known.changed();
                audit.record(new Audit.Entry(
                        by.principal(),
                        "",
                        action,
                        kind,
                        id.toString(),
                        name,
                        Outcome.SUCCESS,
                        "",
                        by.correlationId(),
                        detail));
            }
        });
    }

    /**
     * As {@link #done} without asking whether somebody is left in charge, for what an identity provider has decided.
     *
     * @param record writes into the audit log
     */
    void afterCommit(Runnable record) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                known.changed();
                record.run();
            }
        });
    }

    /** Somebody must be left who may give grants everywhere, or nobody could ever again. */
    private void requireSomebodyInCharge() {
        List<UUID> candidates = jdbc.sql("""
                        SELECT id FROM user_account WHERE id IN (SELECT user_id FROM access_grant WHERE scope_kind = 'SYSTEM')
                        OR id IN (SELECT m.user_id FROM group_member m JOIN access_grant g ON g.group_id = m.group_id
                            WHERE g.scope_kind = 'SYSTEM')
                        ORDER BY created_at""")
                .query((row, number) -> Objects.requireNonNull(row.getObject("id", UUID.class)))
                .list();
        for (UUID candidate : candidates) {
            List<AccessGrant> grants = rows.of(candidate);
            if (AccessRules.decide(grants, Permission.GRANT_MANAGE, Lineage.SYSTEM)
                            .allowed()
                    && AccessRules.decide(grants, Permission.USER_MANAGE, Lineage.SYSTEM)
                            .allowed()) {
                return;
            }
        }
        throw new MesetaException(
                ErrorCode.VALIDATION_FAILED,
                "Nobody would be left who may manage users and grants of the whole system.");
    }
}
