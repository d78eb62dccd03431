package dev.meseta.manager.database;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** Makes what exists once in a database, however many managers start on it at the same moment. */
public final class OnceForAll {

    /** Of the advisory lock; any number that nobody else uses. */
    private static final long KEY = 0x4d45_5345_5441L;

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;

    public OnceForAll(JdbcClient jdbc, TransactionOperations transactions) {
        this.jdbc = jdbc;
        this.transactions = transactions;
    }

    /**
     * Runs in a transaction that no other manager runs such a one beside; what others have made is visible in it.
     *
     * @param makeIfMissing looks first
     */
    public void run(Runnable makeIfMissing) {
        transactions.executeWithoutResult(status -> {
            jdbc.sql("SELECT pg_advisory_xact_lock(:key)").param("key", KEY).query(row -> {});
            makeIfMissing.run();
        });
    }
}
