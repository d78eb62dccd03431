package dev.meseta.manager.placement.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.zaxxer.hikari.HikariDataSource;
import dev.meseta.manager.database.TestPostgres;
import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.placement.Placement;
import dev.meseta.manager.placement.Placement.Candidate;
import dev.meseta.manager.placement.Placement.PlacementRequest;
import dev.meseta.manager.scheduling.Allowance;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What is promised, to whom, and that it is never too much. */
@Tag("integration")
class ReservingPlacementTest {

    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    private static final TestPostgres.Database DATABASE = TestPostgres.create();

    private final HikariDataSource pool = emptied();
    private final TransactionTemplate transactions = new TransactionTemplate(new JdbcTransactionManager(pool));
    private final JdbcClient jdbc = JdbcClient.create(pool);
    private final TestHosts hosts = new TestHosts(jdbc);
    private final ReservationStore store = new ReservationStore(jdbc);
    private final Placement placement = new ReservingPlacement(
            transactions,
            hosts.clusters(),
            new Snapshots(hosts, store),
            store,
            Allowance.DEFAULT,
            InstantSource.system());

    private static HikariDataSource emptied() {
        HikariDataSource pool = DATABASE.pool();
        JdbcClient.create(pool).sql("TRUNCATE data_center CASCADE").update();
        return pool;
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private PlacementRequest request(UUID vm, long memoryBytes) {
        return new PlacementRequest(
                Optional.of(vm), hosts.clusterId, 1, memoryBytes, Optional.empty(), Optional.empty());
    }

    private PlacementRequest leaving(UUID vm, UUID source) {
        return new PlacementRequest(Optional.of(vm), hosts.clusterId, 1, GIB, Optional.empty(), Optional.of(source));
    }

    @Test
    void vms_are_spread_and_reservations_given_back() {
        Host a = hosts.add("a", 4, 8 * GIB);
        Host b = hosts.add("b", 4, 8 * GIB);
        UUID first = hosts.addVm();
        UUID second = hosts.addVm();

        assertThat(placement.reserve(request(first, GIB), null)).isEqualTo(a.id());
        assertThat(placement.reserve(request(second, GIB), null)).isEqualTo(b.id());
        assertThat(placement.reservedOn(a.id()))
                .isEqualTo(new Placement.Reserved(1, Allowance.DEFAULT.withOverhead(GIB), 1));

        placement.release(first, a.id());
        placement.releaseAll(second);
        assertThat(placement.reservedOn(a.id())).isEqualTo(new Placement.Reserved(0, 0, 0));
        assertThat(placement.reservedOn(b.id())).isEqualTo(new Placement.Reserved(0, 0, 0));
    }

    @Test
    void a_reservation_held_already_is_kept_and_counts_once() {
        hosts.add("a", 4, 2 * GIB);
        UUID vm = hosts.addVm();
        UUID host = placement.reserve(request(vm, GIB), null);
        hosts.add("b", 64, 64 * GIB);

        UUID task = UUID.randomUUID();
        assertThat(placement.reserve(request(vm, GIB), task)).isEqualTo(host);
        assertThat(placement.reservedOn(host).vms()).isEqualTo(1);
        assertThat(placement.evaluate(request(vm, GIB)).candidates())
                .filteredOn(candidate -> candidate.hostId().equals(host))
                .allMatch(Candidate::accepted);
    }

    @Test
    void a_migration_holds_two() {
        Host a = hosts.add("a", 4, 8 * GIB);
        Host b = hosts.add("b", 4, 4 * GIB);
        UUID vm = hosts.addVm();
        assertThat(placement.reserve(request(vm, GIB), null)).isEqualTo(a.id());

        assertThat(placement.reserve(leaving(vm, a.id()), null)).isEqualTo(b.id());
        assertThat(placement.reserve(leaving(vm, a.id()), null)).isEqualTo(b.id());
        assertThat(placement.reservedOn(a.id()).vms()).isEqualTo(1);
        assertThat(placement.reservedOn(b.id()).vms()).isEqualTo(1);
    }

    @Test
    void who_does_not_fit_hears_why_of_every_host() {
        hosts.add("a", 4, 2 * GIB);
        Host b = hosts.add("b", 4, 64 * GIB);
        hosts.setMaintenance(b.id(), true, null);
        UUID vm = hosts.addVm();

        assertThatExceptionOfType(MesetaException.class)
                .isThrownBy(() -> placement.reserve(request(vm, 4 * GIB), null))
                .satisfies(e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.NOT_ENOUGH_CAPACITY);
                    assertThat(e.getMessage()).contains("4096 MiB").contains("b is in maintenance");
                    assertThat(e.fieldErrors())
                            .extracting(MesetaException.FieldError::field)
                            .containsExactlyInAnyOrder("hosts.a", "hosts.b");
                });
        assertThatExceptionOfType(MesetaException.class)
                .isThrownBy(() -> placement.reserve(
                        new PlacementRequest(
                                Optional.of(vm), hosts.clusterId, 1, MIB, Optional.of(b.id()), Optional.empty()),
                        null))
                .satisfies(e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.NO_SUITABLE_HOST);
                    assertThat(e.fieldErrors()).hasSize(1);
                });
        assertThat(jdbc.sql("SELECT count(*) FROM reservation")
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    @Test
    void a_transaction_that_is_rolled_back_has_promised_nothing() {
        Host a = hosts.add("a", 4, 8 * GIB);
        UUID vm = hosts.addVm();
        transactions.executeWithoutResult(status -> {
            placement.reserve(request(vm, GIB), null);
            status.setRollbackOnly();
        });
        assertThat(placement.reservedOn(a.id()).vms()).isZero();
    }

    /** Three hosts for five VMs each, sixty VMs at once. */
    @Test
    void many_at_once_fill_every_host_and_none_beyond() throws Exception {
        long perVm = Allowance.DEFAULT.withOverhead(GIB);
        for (String name : List.of("a", "b", "c")) {
            hosts.add(name, 64, 5 * perVm + Allowance.DEFAULT.hostMemoryBytes() + 100 * MIB);
        }
        List<Callable<Boolean>> attempts = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            UUID vm = hosts.addVm();
            attempts.add(() -> {
                try {
                    placement.reserve(request(vm, GIB), null);
                    return true;
                } catch (MesetaException e) {
                    assertThat(e.code()).isEqualTo(ErrorCode.NOT_ENOUGH_CAPACITY);
                    return false;
                }
            });
        }
        int placed = 0;
        try (var threads = Executors.newFixedThreadPool(16)) {
            for (Future<Boolean> attempt : threads.invokeAll(attempts)) {
                placed += attempt.get() ? 1 : 0;
            }
        }
        assertThat(placed).isEqualTo(15);
        assertThat(hosts.all())
                .allSatisfy(host ->
                        assertThat(placement.reservedOn(host.id()).vms()).isEqualTo(5));
    }
}
