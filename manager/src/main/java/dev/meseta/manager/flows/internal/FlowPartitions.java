package dev.meseta.manager.flows.internal;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** Partitions of the tables of flows: a table's name and, in seconds since the epoch, where they begin, are their names. */
final class FlowPartitions {

    /** Of the advisory lock that managers make partitions under; any number that nobody else uses. */
    private static final long KEY = 0x4d45_5345_5441_464cL;

    /** So many are there before they are needed. */
    private static final int AHEAD = 2;

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    FlowPartitions(JdbcClient jdbc, TransactionOperations transactions) {
        this.jdbc = jdbc;
        this.transactions = transactions;
    }

    /**
     * One partition.
     *
     * @param bytes with its indexes
     */
    record Partition(Grain grain, Instant from, long bytes) {

        Instant to() {
            return from.plusSeconds(grain.partitionSeconds());
        }

        String name() {
            return FlowPartitions.name(grain, from.getEpochSecond());
        }
    }

    private static String name(Grain grain, long from) {
        return grain.table() + "_p" + from;
    }

    /** Makes those of now and the next ones. Not within a transaction. */
    void ahead(Instant now) {
        for (Grain grain : Grain.values()) {
            for (int i = 0; i <= AHEAD; i++) {
                ensure(grain, now.getEpochSecond() + i * grain.partitionSeconds());
            }
        }
    }

    /** Makes the partition that a moment is in unless it is there. Not within a transaction. */
    void ensure(Grain grain, long epochSecond) {
        long from = grain.partition(epochSecond);
        String name = name(grain, from);
        if (!known.contains(name)) {
            transactions.executeWithoutResult(status -> make(grain, from, name));
            known.add(name);
        }
    }

    /** Others may have dropped what is remembered. */
    void forget() {
        known.clear();
    }

    private void make(Grain grain, long from, String name) {
        jdbc.sql("SELECT pg_advisory_xact_lock(:key)").param("key", KEY).query(row -> {});
        boolean there = jdbc.sql("SELECT to_regclass(:name) IS NOT NULL")
                .param("name", name)
                .query(Boolean.class)
                .single();
        if (!there) {
            // Attached and not made as a partition, which would wait for whoever reads the table, and others for it.
            // Rows of
            // a bucket are changed again and again: room in their pages keeps that from the index.
            jdbc.sql("CREATE TABLE %s (LIKE %s INCLUDING ALL) WITH (fillfactor = 75)".formatted(name, grain.table()))
                    .update();
            jdbc.sql("ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM ('%s') TO ('%s')"
                            .formatted(
                                    grain.table(),
                                    name,
                                    Instant.ofEpochSecond(from),
                                    Instant.ofEpochSecond(from + grain.partitionSeconds())))
                    .update();
        }
    }

    /** Oldest first. */
    List<Partition> of(Grain grain) {
        return jdbc
                .sql("""
                        SELECT c.relname, pg_total_relation_size(c.oid) AS bytes
                        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                        WHERE i.inhparent = CAST(:table AS regclass)""")
                .param("table", grain.table())
                .query((row, number) -> new Partition(
                        grain,
                        Instant.ofEpochSecond(Long.parseLong(
                                row.getString("relname").substring(grain.table().length() + "_p".length()))),
                        row.getLong("bytes")))
                .list()
                .stream()
                .sorted(Comparator.comparing(Partition::from))
                .toList();
    }

    /** Gives up, with an exception, when somebody reads it for too long. */
    void drop(Partition partition) {
        transactions.executeWithoutResult(status -> {
            jdbc.sql("SET LOCAL lock_timeout = '2s'").update();
            jdbc.sql("DROP TABLE IF EXISTS " + partition.name()).update();
        });
        known.remove(partition.name());
    }
}
