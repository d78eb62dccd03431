package dev.meseta.manager.membership.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.meseta.manager.database.TestPostgres;
import dev.meseta.manager.membership.Life;
import dev.meseta.manager.membership.Member;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.ManagerIdentity;
import dev.meseta.manager.shared.MesetaException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Leases on a real database. The renewals that a timer would make are made by the test. */
@Tag("integration")
class LeasedMembershipTest {

    private static final Duration LEASE = Duration.ofMinutes(30);
    private static final Duration MORE_THAN_LEASE = LEASE.plusSeconds(1);

    private final HikariDataSource pool = TestPostgres.create().pool();
    private final JdbcClient jdbc = JdbcClient.create(pool);
    private final List<Manager> managers = new ArrayList<>();

    @AfterEach
    void close() {
        managers.forEach(manager -> manager.membership.stop());
        pool.close();
    }

    @Test
    void membersKnowEachOtherAndTheEldest() {
        Manager a = start();
        Manager b = start();
        a.membership.renew();
        assertThat(a.living()).containsExactly(a.life(), b.life());
        assertThat(b.living()).containsExactly(a.life(), b.life());
        assertThat(a.membership.isEldest()).isTrue();
        assertThat(b.membership.isEldest()).isFalse();
        assertThat(a.changes).as("itself, then the other").isEqualTo(2);
    }

    @Test
    void aLifeThatDoesNotRenewIsFencedAndBuriedWhenAllKnow() {
        Manager a = start();
        Manager b = start();
        Manager dead = start();
        long before = a.membership.term();
        expire(dead);
        a.passesLease();
        assertThat(a.membership.term()).isEqualTo(before + 1);
        assertThat(a.membership.fenced()).containsExactly(dead.life());
        assertThat(a.membership.buried())
                .as("b still commands with the old term")
                .isEmpty();
        assertThat(b.membership.term()).isEqualTo(before);

        b.membership.renew();
        assertThat(b.membership.term()).isEqualTo(before + 1);
        assertThat(b.membership.buried()).containsExactly(dead.life());
        a.membership.renew();
        assertThat(a.membership.buried()).containsExactly(dead.life());
        assertThat(dead.ended).isEmpty();

        dead.membership.renew();
        assertThat(dead.ended).as("when it wakes").containsExactly(dead.life());
        assertThat(dead.membership.isMember()).isFalse();
    }

    @Test
    void aManagerThatWasPausedKnowsWithoutAsking() {
        Manager a = start();
        a.membership.requireMember();
        a.nanos.addAndGet(LEASE.toNanos());
        assertThat(a.membership.isMember()).isFalse();
        assertThat(a.membership.isEldest()).isFalse();
        assertThatThrownBy(a.membership::requireMember)
                .isInstanceOfSatisfying(
                        MesetaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FENCED));

        a.membership.renew();
        assertThat(a.membership.isMember()).as("nobody has fenced it").isTrue();
        assertThat(a.ended).isEmpty();
    }

    @Test
    void nobodyIsJudgedByAManagerThatWasAwayItself() {
        Manager a = start();
        Manager b = start();
        a.passesLease();
        b.passesLease();
        // As after an outage of the database: no lease is good any more.
        a.nanos.addAndGet(LEASE.toNanos());
        b.nanos.addAndGet(LEASE.toNanos());
        expire(a);
        expire(b);
        a.membership.renew();
        assertThat(a.membership.fenced()).isEmpty();
        b.membership.renew();
        a.membership.renew();
        assertThat(a.living()).containsExactly(a.life(), b.life());
        assertThat(a.ended).isEmpty();
        assertThat(b.ended).isEmpty();
    }

    @Test
    void aNewLifeOfAManagerEndsTheOneBefore() {
        Manager old = start();
        long before = old.membership.term();
        Manager next = start(old.id);
        assertThat(next.life()).isEqualTo(new Life(old.id, 2));
        assertThat(next.membership.term()).isEqualTo(before + 1);
        assertThat(next.membership.buried()).containsExactly(old.life());
        old.membership.renew();
        assertThat(old.ended).containsExactly(old.life());
    }

    @Test
    void aManagerThatStopsInOrderIsBuriedAtOnce() {
        Manager a = start();
        Manager b = start();
        Life left = b.life();
        b.membership.stop();
        a.membership.refresh();
        assertThat(a.membership.buried()).containsExactly(left);
        assertThat(a.living()).containsExactly(a.life());
        assertThat(b.membership.isMember()).isFalse();
    }

    private Manager start() {
        return start(UUID.randomUUID());
    }

    private Manager start(UUID id) {
        var manager = new Manager(id);
        managers.add(manager);
        manager.membership.start();
        return manager;
    }

    private void expire(Manager manager) {
        jdbc.sql("UPDATE manager_member SET lease_until = now() - interval '1 second'"
                        + " WHERE id = ? AND fenced_term IS NULL")
                .param(manager.id)
                .update();
    }

    private final class Manager {

        final UUID id;
        final AtomicLong nanos = new AtomicLong();
        final List<Life> ended = new ArrayList<>();
        final LeasedMembership membership;
        int changes;

        Manager(UUID id) {
            this.id = id;
            // The timer never comes: the test renews.
            membership = new LeasedMembership(
                    MembershipConfiguration.tableOn(pool),
                    new ManagerIdentity(id),
                    "here",
                    new MembershipProperties(LEASE, LEASE.dividedBy(3), "127.0.0.1:0", false),
                    event -> changes++,
                    ended::add,
                    nanos::get);
        }

        Life life() {
            return membership.self();
        }

        Set<Life> living() {
            return new LinkedHashSet<>(
                    membership.living().stream().map(Member::life).toList());
        }

        /** Renews twice within the lease, so that it has been a member for longer than one. */
        void passesLease() {
            for (int i = 0; i < 2; i++) {
                nanos.addAndGet(MORE_THAN_LEASE.dividedBy(2).toNanos());
                membership.renew();
            }
        }
    }
}
