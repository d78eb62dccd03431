package dev.meseta.manager.membership.internal;

import dev.meseta.manager.membership.Life;
import dev.meseta.manager.membership.Member;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** Members as rows. All times are the database's, so that no manager's clock matters. */
final class MemberTable {

    /** Dead lives are kept for somebody who looks into what happened. */
    private static final Duration REMEMBERED = Duration.ofDays(1);

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;

    MemberTable(JdbcClient jdbc, TransactionOperations transactions) {
        this.jdbc = jdbc;
        this.transactions = transactions;
    }

    /** Begins a life; earlier lives of this manager are over. */
    Joined join(UUID managerId, String address, Duration lease) {
        return Objects.requireNonNull(transactions.execute(status -> {
            long term = lockTerm();
            int before = jdbc.sql(
                            "UPDATE manager_member SET fenced_term = :next WHERE id = :id AND fenced_term IS NULL")
                    .param("next", term + 1)
                    .param("id", managerId)
                    .update();
            if (before > 0) {
                term = setTerm(term + 1);
            }
            long incarnation = jdbc.sql("""
                            INSERT INTO manager_member
                                (id, incarnation, address, started_at, heartbeat_at, lease_until, term_seen)
                            VALUES (:id,
                                (SELECT coalesce(max(incarnation), 0) + 1 FROM manager_member WHERE id = :id),
                                :address, clock_timestamp(), clock_timestamp(),
                                clock_timestamp() + CAST(:lease AS interval), :term)
                            RETURNING incarnation""")
                    .param("id", managerId)
                    .param("address", address)
                    .param("lease", lease.toString())
                    .param("term", term)
                    .query(Long.class)
                    .single();
            return new Joined(new Life(managerId, incarnation), term);
        }));
    }

    /**
     * Renews a lease, also one that has run out, as long as nobody has fenced the life.
     *
     * @param termSeen what hosts are commanded with from before this call on
     * @return the present term; empty: fenced
     */
    Optional<Long> renew(Life life, long termSeen, Duration lease) {
        return jdbc.sql("""
                        UPDATE manager_member SET heartbeat_at = clock_timestamp(),
                            lease_until = clock_timestamp() + CAST(:lease AS interval), term_seen = :seen
                        WHERE id = :id AND incarnation = :incarnation AND fenced_term IS NULL
                        RETURNING (SELECT term FROM manager_term)""")
                .param("lease", lease.toString())
                .param("seen", termSeen)
                .param("id", life.managerId())
                .param("incarnation", life.incarnation())
                .query(Long.class)
                .optional();
    }

    /** Ends the lives whose lease has run out, all in one new term. */
    List<Life> fenceExpired(Life self) {
        if (jdbc.sql("SELECT count(*) FROM manager_member WHERE fenced_term IS NULL AND lease_until < clock_timestamp()"
                                + " AND (id, incarnation) <> (:id, :incarnation)")
                        .param("id", self.managerId())
                        .param("incarnation", self.incarnation())
                        .query(Integer.class)
                        .single()
                == 0) {
            return List.of();
        }
        return Objects.requireNonNull(transactions.execute(status -> {
            long next = lockTerm() + 1;
            List<Life> fenced = jdbc.sql("""
                            UPDATE manager_member SET fenced_term = :next
                            WHERE fenced_term IS NULL AND lease_until < clock_timestamp()
                                AND (id, incarnation) <> (:id, :incarnation)
                            RETURNING id, incarnation""")
                    .param("next", next)
                    .param("id", self.managerId())
                    .param("incarnation", self.incarnation())
                    .query((row, number) -> life(row))
                    .list();
            if (!fenced.isEmpty()) {
                setTerm(next);
            }
            return fenced;
        }));
    }

    /** Ends a life in order. */
    void leave(Life life) {
        transactions.executeWithoutResult(status -> {
            long next = lockTerm() + 1;
            int left = jdbc.sql("UPDATE manager_member SET fenced_term = :next, stopped = true"
                            + " WHERE id = :id AND incarnation = :incarnation AND fenced_term IS NULL")
                    .param("next", next)
                    .param("id", life.managerId())
                    .param("incarnation", life.incarnation())
                    .update();
            if (left > 0) {
                setTerm(next);
            }
        });
    }

    /** Everybody there is, and lately was. */
    View view() {
        List<Row> rows = jdbc.sql("SELECT * FROM manager_member ORDER BY started_at, id")
                .query((row, number) -> new Row(
                        new Member(
                                life(row),
                                Objects.requireNonNull(row.getString("address")),
                                row.getObject("started_at", OffsetDateTime.class)
                                        .toInstant()),
                        row.getLong("term_seen"),
                        row.getObject("fenced_term", Long.class)))
                .list();
        List<Member> living = new ArrayList<>();
        List<Life> fenced = new ArrayList<>();
        List<Life> buried = new ArrayList<>();
        long knownToAll = rows.stream()
                .filter(row -> row.fencedTerm() == null)
                .mapToLong(Row::termSeen)
                .min()
                .orElse(0);
        for (Row row : rows) {
            Long fencedTerm = row.fencedTerm();
            if (fencedTerm == null) {
                living.add(row.member());
                continue;
            }
            fenced.add(row.member().life());
            if (fencedTerm <= knownToAll) {
                buried.add(row.member().life());
            }
        }
        return new View(living, fenced, buried);
    }

    void forgetLongDead() {
        jdbc.sql("DELETE FROM manager_member WHERE fenced_term IS NOT NULL"
                        + " AND heartbeat_at < clock_timestamp() - CAST(:remembered AS interval)")
                .param("remembered", REMEMBERED.toString())
                .update();
    }

    private long lockTerm() {
        return jdbc.sql("SELECT term FROM manager_term FOR UPDATE")
                .query(Long.class)
                .single();
    }

    private long setTerm(long term) {
        jdbc.sql("UPDATE manager_term SET term = :term").param("term", term).update();
        return term;
    }

    private static Life life(ResultSet row) throws SQLException {
        return new Life(Objects.requireNonNull(row.getObject("id", UUID.class)), row.getLong("incarnation"));
    }

    record Joined(Life life, long term) {}

    record View(List<Member> living, List<Life> fenced, List<Life> buried) {}

    private record Row(
            Member member, long termSeen, @Nullable Long fencedTerm) {}
}
