package dev.meseta.manager.flows.internal;

import com.zaxxer.hikari.HikariDataSource;
import dev.meseta.manager.agents.FlowAddress;
import dev.meseta.manager.agents.FlowBatch;
import dev.meseta.manager.agents.FlowBatch.Losses;
import dev.meseta.manager.agents.FlowRecord;
import dev.meseta.manager.agents.FlowRecord.Initiator;
import dev.meseta.manager.agents.FlowSource;
import dev.meseta.manager.agents.HostFlows.Position;
import dev.meseta.manager.database.TestPostgres;
import dev.meseta.manager.database.TestRows;
import dev.meseta.manager.fakes.OpenAccess;
import dev.meseta.manager.fakes.SettableClock;
import dev.meseta.manager.flows.FlowQuery;
import dev.meseta.manager.flows.Flows;
import dev.meseta.manager.shared.query.ListRequest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.unit.DataSize;

/** A database with VMs on networks, and what takes flows in and answers about them, with a clock that the test moves. */
final class FlowWorld implements AutoCloseable {

    static final FlowsProperties SETTINGS = new FlowsProperties(
            Duration.ofDays(2), Duration.ofDays(30), Duration.ofDays(400), DataSize.ofGigabytes(20));
    static final int TCP = 6;
    static final int UDP = 17;
    static final int IPV4 = 0x0800;

    final HikariDataSource pool = TestPostgres.create().pool();
    final JdbcClient jdbc = JdbcClient.create(pool);
    final TestRows rows = new TestRows(jdbc);
    final SettableClock clock = new SettableClock();
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final JdbcTransactionManager transactions = new JdbcTransactionManager(pool);
    final FlowPartitions partitions = new FlowPartitions(jdbc, new TransactionTemplate(transactions));
    final UUID center = rows.dataCenter();
    final UUID cluster = rows.cluster(center);
    final UUID network = network("10.0.0.0/16");

    private int networks;
    private int guests;

    /** A VM with one vNIC. */
    record Guest(UUID vm, UUID nic, UUID network, FlowAddress address, long mac) {}

    UUID network(String subnet) {
        UUID id = UUID.randomUUID();
        jdbc.sql("""
                        INSERT INTO network (id, data_center_id, name, vni, mtu, subnet, created_at)
                        VALUES (:id, :center, CAST(:id AS text), :vni, 1400, :subnet, now())""")
                .param("id", id)
                .param("center", center)
                .param("vni", 5_000 + networks++)
                .param("subnet", subnet)
                .update();
        return id;
    }

    Guest guest(UUID onNetwork) {
        int number = ++guests;
        return guest(onNetwork, "10.0.%d.%d".formatted(number / 250, number % 250 + 1));
    }

    Guest guest(UUID onNetwork, String address) {
        Guest guest = new Guest(
                rows.vm(cluster),
                UUID.randomUUID(),
                onNetwork,
                FlowAddress.parse(address),
                0x52_54_00_00_00_00L + ++guests);
        jdbc.sql("INSERT INTO nic (id, vm_id, network_id, mac_address, nic_index) VALUES (:id, :vm, :network, :mac, 0)")
                .param("id", guest.nic())
                .param("vm", guest.vm())
                .param("network", onNetwork)
                .param("mac", KnownNics.mac(guest.mac()))
                .update();
        jdbc.sql("INSERT INTO network_address VALUES (:network, CAST(:address AS inet), :nic)")
                .param("network", onNetwork)
                .param("address", address)
                .param("nic", guest.nic())
                .update();
        return guest;
    }

    /** The VM is there from now on. */
    void place(Guest guest, UUID host) {
        jdbc.sql("UPDATE vm SET host_id = :host WHERE id = :vm")
                .param("host", host)
                .param("vm", guest.vm())
                .update();
    }

    void delete(Guest guest) {
        jdbc.sql("DELETE FROM network_address WHERE nic_id = :nic")
                .param("nic", guest.nic())
                .update();
        jdbc.sql("DELETE FROM nic WHERE id = :nic").param("nic", guest.nic()).update();
        jdbc.sql("DELETE FROM vm WHERE id = :vm").param("vm", guest.vm()).update();
    }

    UUID host() {
        return rows.host(cluster, "host-" + UUID.randomUUID());
    }

    /** One more manager on the same database: it remembers nothing that the others do. */
    FlowIngest manager() {
        return new FlowIngest(
                new FlowRows(jdbc),
                new FlowPartitions(jdbc, new TransactionTemplate(transactions)),
                new KnownNics(jdbc, clock),
                new TransactionTemplate(transactions),
                SETTINGS,
                new FlowMeters(registry),
                clock);
    }

    Flows flows() {
        return new StoredFlows(jdbc, new OpenAccess(), SETTINGS, transactions, clock);
    }

    /** All conversations of the last hour. */
    List<Flows.Conversation> conversations() {
        return conversations(null, null);
    }

    List<Flows.Conversation> conversations(@Nullable Instant from, @Nullable Instant to) {
        return flows().conversations(
                        new FlowQuery(from, to, "", null), ListRequest.of(null, null, ListRequest.MAX_LIMIT, null))
                .items();
    }

    /** Takes a batch in behind all that was taken in of the host. */
    Position take(FlowIngest manager, UUID host, FlowRecord... records) {
        Position position = manager.position(host);
        Optional<Position> next = manager.take(host, position, batch("t" + (position.number() + 1), List.of(records)));
        return next.orElseThrow();
    }

    FlowBatch batch(String token, List<FlowRecord> records) {
        return new FlowBatch(token, clock.instant(), FlowSource.DATAPATH, records, Losses.NONE, 0);
    }

    /** What the client's vNIC saw of a connection to port 443 a second ago. */
    FlowRecord byClient(Guest client, FlowAddress server, long serverMac) {
        return record(client, server, serverMac, 40_000, 443, Initiator.LOCAL);
    }

    FlowRecord byClient(Guest client, Guest server) {
        return byClient(client, server.address(), server.mac());
    }

    FlowRecord byServer(Guest client, Guest server) {
        return record(server, client.address(), client.mac(), 443, 40_000, Initiator.REMOTE);
    }

    /** 100 bytes out in one packet, 1000 in in two. */
    FlowRecord record(
            Guest local, FlowAddress remote, long remoteMac, int localPort, int remotePort, Initiator initiator) {
        boolean client = initiator != Initiator.REMOTE;
        return new FlowRecord(
                local.vm(),
                local.nic(),
                local.network(),
                IPV4,
                0,
                TCP,
                local.address(),
                remote,
                local.mac(),
                remoteMac,
                localPort,
                remotePort,
                initiator,
                client ? 100 : 1000,
                client ? 1 : 2,
                client ? 1000 : 100,
                client ? 2 : 1,
                client ? 0x02 : 0x12,
                client ? 0x12 : 0x02,
                0,
                client ? 300 : 20,
                clock.instant().minusSeconds(1),
                clock.instant());
    }

    @Override
    public void close() {
        pool.close();
    }
}
