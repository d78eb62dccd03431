package dev.meseta.manager.shared.web;

import java.util.function.Supplier;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** {@code ?dryRun=true} on a change of the database: it is made in a transaction that is rolled back. */
public final class DryRun {

    private DryRun() {}

    /**
     * Makes the change, for good or to see what would come of it. Nothing that waits for a commit (events, tasks) happens
     * in a dry run.
     */
    public static <T> T change(PlatformTransactionManager transactions, boolean dryRun, Supplier<T> change) {
        T result = new TransactionTemplate(transactions).execute(status -> {
            T changed = change.get();
            if (dryRun) {
                status.setRollbackOnly();
            }
            return changed;
        });
        if (result == null) {
            throw new IllegalStateException("a change must answer with the changed object");
        }
        return result;
    }
}
