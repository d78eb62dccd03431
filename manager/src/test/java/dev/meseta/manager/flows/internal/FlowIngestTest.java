package dev.meseta.manager.flows.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meseta.manager.agents.FlowAddress;
import dev.meseta.manager.agents.FlowBatch;
import dev.meseta.manager.agents.FlowBatch.Losses;
import dev.meseta.manager.agents.FlowRecord;
import dev.meseta.manager.agents.FlowRecord.Initiator;
import dev.meseta.manager.agents.FlowSource;
import dev.meseta.manager.agents.HostFlows.Position;
import dev.meseta.manager.flows.Flows;
import dev.meseta.manager.flows.Flows.Conversation;
import dev.meseta.manager.flows.Flows.Direction;
import dev.meseta.manager.flows.Flows.EndKind;
import dev.meseta.manager.flows.Flows.ObservedAt;
import dev.meseta.manager.flows.internal.FlowWorld.Guest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;

/** Taking flows in, on a real database. */
@Tag("integration")
class FlowIngestTest {

    private static final FlowAddress OUTSIDE = FlowAddress.parse("8.8.8.8");
    private static final long GATEWAY_MAC = 0x52_54_00_AA_AA_AAL;

    private final FlowWorld world = new FlowWorld();
    private final FlowIngest manager = world.manager();
    private final UUID host = world.host();
    private final UUID otherHost = world.host();
    private final Guest client = world.guest(world.network);
    private final Guest server = world.guest(world.network);

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void a_batch_is_taken_in_once_whoever_brings_it() {
        FlowIngest other = world.manager();
        Position start = manager.position(host);
        assertThat(start).isEqualTo(new Position("", 0));
        FlowBatch batch = world.batch("t1", List.of(world.byClient(client, server)));

        assertThat(manager.take(host, start, batch)).contains(new Position("t1", 1));
        assertThat(other.take(host, start, batch)).isEmpty();
        assertThat(manager.take(host, start, batch))
                .as("the same manager, after a lost answer")
                .isEmpty();
        assertThat(other.position(host)).isEqualTo(new Position("t1", 1));
        assertThat(other.take(host, new Position("t1", 1), world.batch("t2", List.of(world.byClient(client, server)))))
                .contains(new Position("t2", 2));
        assertThat(manager.take(host, new Position("t1", 1), batch)).isEmpty();

        assertThat(world.conversations()).hasSize(1);
        assertThat(world.conversations().getFirst().sums().connections()).isEqualTo(2);
        assertThat(world.registry.get("meseta.flows.batches.stale").counter().count())
                .isEqualTo(3);
        assertThat(world.registry.get("meseta.flows.records").counter().count()).isEqualTo(2);
    }

    @Test
    void of_a_batch_that_cannot_be_stored_nothing_is() {
        Position start = manager.position(host);
        FlowBatch poisoned = world.batch("\0", List.of(world.byClient(client, server)));

        assertThatThrownBy(() -> manager.take(host, start, poisoned)).isInstanceOf(DataAccessException.class);

        assertThat(world.conversations()).isEmpty();
        assertThat(manager.position(host)).isEqualTo(start);
        // What the manager thought it had written is written now.
        world.take(manager, host, world.byClient(client, server));
        assertThat(world.conversations()).hasSize(1);
    }

    @Test
    void a_host_that_was_removed_is_taken_for_stale() {
        UUID removed = UUID.randomUUID();
        assertThat(manager.take(removed, manager.position(removed), world.batch("t", List.of())))
                .isEmpty();
    }

    @Test
    void both_ends_are_one_conversation_in_either_order_and_at_two_managers() {
        FlowIngest other = world.manager();
        Guest third = world.guest(world.network);

        world.take(manager, host, world.byClient(client, server), world.byServer(third, server));
        world.take(other, otherHost, world.byServer(client, server), world.byClient(third, server));

        List<Conversation> found = world.conversations();
        assertThat(found).hasSize(2).allSatisfy(conversation -> {
            assertThat(conversation.observedAt()).isEqualTo(ObservedAt.BOTH);
            assertThat(conversation.direction()).isEqualTo(Direction.EAST_WEST);
            assertThat(conversation.protocol()).isEqualTo("TCP");
            assertThat(conversation.serverPort()).isEqualTo(443);
            assertThat(conversation.server().vmId()).isEqualTo(server.vm());
            assertThat(conversation.sums().requestBytes()).isEqualTo(100);
            assertThat(conversation.sums().responseBytes()).isEqualTo(1000);
            assertThat(conversation.sums().bytes()).isEqualTo(1100);
            assertThat(conversation.sums().connections()).isEqualTo(1);
            // As the client saw it: with the way to the server and back.
            assertThat(conversation.sums().handshakeMicroseconds()).isEqualTo(300);
        });
        assertThat(found)
                .extracting(conversation -> conversation.client().vmId())
                .containsExactlyInAnyOrder(client.vm(), third.vm());
    }

    @Test
    void what_only_the_server_saw_is_counted_by_the_server() {
        world.take(manager, host, world.byServer(client, server));

        Conversation found = world.conversations().getFirst();
        assertThat(found.observedAt()).isEqualTo(ObservedAt.SERVER);
        assertThat(found.client().vmId()).isEqualTo(client.vm());
        assertThat(found.sums().bytes()).isEqualTo(1100);
        assertThat(found.sums().handshakeMicroseconds()).isEqualTo(20);
    }

    @Test
    void who_began_is_guessed_from_the_ports_when_nobody_says() {
        world.take(
                manager,
                host,
                world.record(client, server.address(), server.mac(), 40_000, 443, Initiator.UNKNOWN),
                // Saw the answer first.
                world.record(server, client.address(), client.mac(), 443, 40_000, Initiator.LOCAL));

        assertThat(world.conversations()).hasSize(1);
        assertThat(world.conversations().getFirst().observedAt()).isEqualTo(ObservedAt.BOTH);
        assertThat(world.conversations().getFirst().server().vmId()).isEqualTo(server.vm());
    }

    @Test
    void what_is_no_vm_is_outside_and_keeps_its_address() {
        world.take(manager, host, world.byClient(client, OUTSIDE, GATEWAY_MAC));

        Conversation found = world.conversations().getFirst();
        assertThat(found.direction()).isEqualTo(Direction.NORTH_SOUTH);
        assertThat(found.server()).isEqualTo(new Flows.End(EndKind.OUTSIDE, null, null, false, "8.8.8.8"));
    }

    @Test
    void an_outside_address_behind_a_vm_that_routes_is_not_that_vm() {
        Guest router = world.guest(world.network);
        world.take(manager, host, world.byClient(client, OUTSIDE, router.mac()));

        assertThat(world.conversations().getFirst().direction()).isEqualTo(Direction.NORTH_SOUTH);
    }

    @Test
    void an_address_that_the_ledger_has_not_given_out_belongs_to_whose_mac_it_has_on_that_network() {
        world.take(
                manager,
                host,
                world.byClient(client, FlowAddress.parse("10.0.200.200"), server.mac()),
                world.byClient(client, FlowAddress.parse("fe80::5054:ff:fe00:2"), server.mac()));

        assertThat(world.conversations()).hasSize(2).allSatisfy(conversation -> {
            assertThat(conversation.server().vmId()).isEqualTo(server.vm());
            assertThat(conversation.direction()).isEqualTo(Direction.EAST_WEST);
        });
    }

    @Test
    void the_same_address_on_another_network_is_somebody_else() {
        UUID elsewhere = world.network("10.0.0.0/16");
        Guest twin = world.guest(elsewhere, server.address().toString());
        Guest neighbour = world.guest(elsewhere);
        world.take(manager, host, world.byClient(neighbour, twin), world.byClient(client, server));

        assertThat(world.conversations())
                .extracting(conversation -> conversation.server().vmId())
                .containsExactlyInAnyOrder(twin.vm(), server.vm());
    }

    @Test
    void groups_and_everybody_are_no_vms() {
        world.take(
                manager,
                host,
                world.byClient(client, FlowAddress.parse("224.0.0.251"), 0x01_00_5E_00_00_FBL),
                world.byClient(client, FlowAddress.parse("255.255.255.255"), 0xFF_FF_FF_FF_FF_FFL),
                world.byClient(client, FlowAddress.parse("10.0.255.255"), 0xFF_FF_FF_FF_FF_FFL),
                world.byClient(client, FlowAddress.parse("ff02::1"), 0x33_33_00_00_00_01L));

        assertThat(world.conversations()).hasSize(4).allSatisfy(conversation -> {
            assertThat(conversation.direction()).isEqualTo(Direction.BROADCAST);
            assertThat(conversation.server().kind()).isEqualTo(EndKind.GROUP);
        });
    }

    @Test
    void a_broadcast_counts_once_however_many_hear_it() {
        FlowAddress all = FlowAddress.parse("10.0.255.255");
        long everybody = 0xFF_FF_FF_FF_FF_FFL;
        Guest deaf = world.guest(world.network);
        List<FlowRecord> records = new ArrayList<>();
        records.add(world.byClient(client, all, everybody));
        for (Guest hearing : List.of(server, deaf)) {
            Guest as = new Guest(hearing.vm(), hearing.nic(), hearing.network(), all, everybody);
            records.add(world.record(as, client.address(), client.mac(), 443, 40_000, Initiator.REMOTE));
        }
        world.take(manager, host, records.toArray(FlowRecord[]::new));

        assertThat(world.conversations()).hasSize(1);
        assertThat(world.conversations().getFirst().sums().bytes()).isEqualTo(1100);
        assertThat(world.conversations().getFirst().client().vmId()).isEqualTo(client.vm());
    }

    @Test
    void arp_is_told_by_the_macs() {
        FlowRecord ip = world.byClient(client, server);
        world.take(
                manager,
                host,
                new FlowRecord(
                        ip.vmId(),
                        ip.nicId(),
                        ip.networkId(),
                        0x0806,
                        0,
                        0,
                        null,
                        null,
                        client.mac(),
                        server.mac(),
                        0,
                        0,
                        Initiator.LOCAL,
                        42,
                        1,
                        42,
                        1,
                        0,
                        0,
                        0,
                        0,
                        ip.firstSeen(),
                        ip.lastSeen()));

        Conversation found = world.conversations().getFirst();
        assertThat(found.protocol()).isEqualTo("ARP");
        assertThat(found.server().vmId()).isEqualTo(server.vm());
    }

    @Test
    void what_is_tagged_is_another_network_of_the_same_vms() {
        FlowRecord plain = world.byClient(client, server);
        FlowRecord tagged = new FlowRecord(
                plain.vmId(),
                plain.nicId(),
                plain.networkId(),
                plain.etherType(),
                100,
                plain.protocol(),
                plain.localAddress(),
                OUTSIDE,
                plain.localMac(),
                server.mac(),
                40_000,
                443,
                plain.initiator(),
                1,
                1,
                1,
                1,
                0,
                0,
                0,
                0,
                plain.firstSeen(),
                plain.lastSeen());
        world.take(manager, host, plain, tagged);

        assertThat(world.conversations()).extracting(Conversation::vlanId).containsExactlyInAnyOrder(0, 100);
        // The tagged network's addresses are not the ledger's, and on it one is at whose MAC address it has.
        assertThat(world.conversations())
                .filteredOn(found -> found.vlanId() == 0)
                .allSatisfy(found -> assertThat(found.server().vmId()).isEqualTo(server.vm()));
    }

    @Test
    void a_new_vm_is_known_as_soon_as_it_speaks_and_soon_after_elsewhere() {
        FlowAddress address = FlowAddress.parse("10.0.77.77");
        world.take(manager, host, world.byClient(client, address, GATEWAY_MAC));
        assertThat(world.conversations().getFirst().server().vmId()).isNull();

        Guest fresh = world.guest(world.network, "10.0.77.77");
        world.take(manager, host, world.byServer(client, fresh), world.byClient(client, fresh));
        assertThat(world.conversations())
                .extracting(found -> found.server().vmId())
                .contains(fresh.vm());

        FlowIngest other = world.manager();
        FlowAddress silent = FlowAddress.parse("10.0.78.78");
        world.take(other, otherHost, world.byClient(client, silent, GATEWAY_MAC));
        Guest later = world.guest(world.network, "10.0.78.78");
        world.clock.advance(KnownNics.LIFE_OF_NONE);
        world.take(other, otherHost, world.byClient(client, later));
        assertThat(world.conversations())
                .extracting(found -> found.server().vmId())
                .contains(later.vm());
    }

    @Test
    void a_deleted_vm_s_conversations_stay_with_its_last_name() {
        world.take(manager, host, world.byClient(client, server));
        String name = world.jdbc
                .sql("SELECT name FROM vm WHERE id = :id")
                .param("id", server.vm())
                .query(String.class)
                .single();
        world.delete(server);
        world.clock.advance(KnownNics.LIFE.plusSeconds(1));
        // Its last packets come in after it is gone.
        world.take(manager, otherHost, world.byServer(client, server));

        assertThat(world.conversations())
                .hasSize(1)
                .extracting(Conversation::server)
                .containsExactly(new Flows.End(
                        EndKind.VM, server.vm(), name, true, server.address().toString()));
    }

    @Test
    void records_of_vnics_that_there_are_not_or_that_are_another_s_are_counted_and_left_out() {
        Guest unknown = new Guest(client.vm(), UUID.randomUUID(), world.network, client.address(), client.mac());
        Guest another = new Guest(server.vm(), client.nic(), world.network, client.address(), client.mac());
        Guest elsewhere = new Guest(client.vm(), client.nic(), UUID.randomUUID(), client.address(), client.mac());
        world.take(
                manager,
                host,
                world.byClient(unknown, server),
                world.byClient(another, server),
                world.byClient(elsewhere, server),
                world.byClient(client, server));

        assertThat(world.conversations()).hasSize(1);
        Flows.HostLosses losses = losses(host);
        assertThat(losses.recordsUnresolved()).isEqualTo(3);
        assertThat(losses.records()).isEqualTo(1);
    }

    @Test
    void a_host_is_believed_about_its_own_vms_only() {
        world.place(server, otherHost);
        world.take(manager, host, world.byServer(client, server));
        assertThat(world.conversations()).isEmpty();
        assertThat(losses(host).recordsUnresolved()).isEqualTo(1);
        world.take(manager, otherHost, world.byServer(client, server));
        assertThat(world.conversations()).hasSize(1);

        // It moves: from now on the new host, and for a while still what the old one saw.
        world.place(server, host);
        world.clock.advance(Duration.ofSeconds(3));
        world.take(manager, host, world.byServer(client, server));
        world.take(manager, otherHost, world.byServer(client, server));
        assertThat(losses(host).recordsUnresolved()).isEqualTo(1);
        assertThat(losses(otherHost).recordsUnresolved()).isZero();
        world.clock.advance(KnownNics.AFTER_LEAVING.plusSeconds(1));
        world.take(manager, otherHost, world.byServer(client, server));
        assertThat(losses(otherHost).recordsUnresolved()).isEqualTo(1);
    }

    @Test
    void a_clock_that_is_ahead_is_put_right_and_what_is_too_old_is_counted() {
        FlowRecord now = world.byClient(client, server);
        world.take(
                manager,
                host,
                at(now, world.clock.instant().plus(Duration.ofHours(1))),
                at(
                        now,
                        world.clock
                                .instant()
                                .minus(FlowWorld.SETTINGS.keepMinutes())
                                .minusSeconds(1)),
                at(now, world.clock.instant().minus(Duration.ofMinutes(30))));

        assertThat(world.conversations()).hasSize(1);
        assertThat(world.conversations().getFirst().sums().connections()).isEqualTo(2);
        assertThat(losses(host).recordsAhead()).isEqualTo(1);
        assertThat(losses(host).recordsLate()).isEqualTo(1);
        assertThat(losses(host).records()).isEqualTo(2);
    }

    @Test
    void losses_and_sources_of_hosts_are_kept() {
        UUID silent = world.host();
        UUID old = world.host();
        Instant first = world.clock.instant();
        Position start = manager.position(host);
        Position next = manager.take(
                        host, start, new FlowBatch("t1", first, FlowSource.NONE, List.of(), new Losses(1, 2, 3), 4))
                .orElseThrow();
        world.clock.advance(Duration.ofHours(2));
        manager.take(
                host,
                next,
                new FlowBatch("t2", world.clock.instant(), FlowSource.NONE, List.of(), new Losses(10, 20, 30), 40));
        manager.unsupported(old);
        manager.unsupported(old);

        Flows.HostLosses losses = losses(host);
        assertThat(losses.source()).isEqualTo(FlowSource.NONE);
        assertThat(losses.sourceSince()).isEqualTo(first);
        assertThat(losses.takenAt()).isEqualTo(world.clock.instant());
        assertThat(losses.packetsWithoutRoom()).isEqualTo(11);
        assertThat(losses.packetsUnreadable()).isEqualTo(22);
        assertThat(losses.recordsDropped()).isEqualTo(33);
        assertThat(losses.recordsRefused()).isEqualTo(44);
        assertThat(losses(silent).source()).isEqualTo(FlowSource.UNKNOWN);
        assertThat(losses(old).source()).isEqualTo(FlowSource.UNSUPPORTED);
        assertThat(world.registry
                        .get("meseta.flows.lost")
                        .tag("reason", "dropped")
                        .counter()
                        .count())
                .isEqualTo(33);
    }

    @Test
    void the_source_of_a_host_changes_when_it_says_so() {
        manager.unsupported(host);
        world.clock.advance(Duration.ofMinutes(5));
        world.take(manager, host, world.byClient(client, server));

        assertThat(losses(host).source()).isEqualTo(FlowSource.DATAPATH);
        assertThat(losses(host).sourceSince()).isEqualTo(world.clock.instant());
    }

    @Test
    void a_megabyte_of_different_conversations_is_one_batch_like_any_other() {
        List<FlowRecord> records = new ArrayList<>();
        for (int port = 1; port <= 5_000; port++) {
            records.add(world.record(client, server.address(), server.mac(), 40_000, port, Initiator.LOCAL));
        }
        long begun = System.nanoTime();
        world.take(manager, host, records.toArray(FlowRecord[]::new));
        System.out.printf("5,000 new conversations: %d ms%n", (System.nanoTime() - begun) / 1_000_000);

        assertThat(world.jdbc
                        .sql("SELECT count(*) FROM flow_conversation")
                        .query(Long.class)
                        .single())
                .isEqualTo(5_000);
        assertThat(world.flows()
                        .topTalkers(new dev.meseta.manager.flows.FlowQuery(null, null, "", null), 1)
                        .items()
                        .getFirst()
                        .bytes())
                .isEqualTo(5_000 * 1_100);
    }

    @Test
    void managers_that_take_in_both_ends_at_the_same_time_neither_block_each_other_for_good_nor_lose_anything()
            throws InterruptedException, ExecutionException {
        List<Guest> guests = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            guests.add(world.guest(world.network));
        }
        int rounds = 20;
        List<Future<?>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
            for (int m = 0; m < 2; m++) {
                FlowIngest one = world.manager();
                for (int h = 0; h < 3; h++) {
                    UUID of = world.host();
                    boolean clients = m == 0;
                    running.add(threads.submit(() -> {
                        for (int round = 0; round < rounds; round++) {
                            List<FlowRecord> records = new ArrayList<>();
                            for (Guest from : guests) {
                                for (Guest to : guests) {
                                    records.add(clients ? world.byClient(from, to) : world.byServer(from, to));
                                }
                            }
                            world.take(one, of, records.toArray(FlowRecord[]::new));
                        }
                    }));
                }
            }
        }
        for (Future<?> each : running) {
            each.get();
        }
        List<Conversation> found = world.conversations();
        assertThat(found)
                .hasSize(400)
                .allSatisfy(conversation ->
                        assertThat(conversation.sums().connections()).isEqualTo(3L * rounds));
        Optional<Long> servers = world.jdbc
                .sql("SELECT CAST(sum(s_records) AS bigint) FROM flow_day")
                .query(Long.class)
                .optional();
        assertThat(servers).contains(400L * 3 * rounds);
    }

    private Flows.HostLosses losses(UUID of) {
        return world.flows().losses(null, null).stream()
                .filter(losses -> losses.hostId().equals(of))
                .findFirst()
                .orElseThrow();
    }

    private static FlowRecord at(FlowRecord record, Instant last) {
        return new FlowRecord(
                record.vmId(),
                record.nicId(),
                record.networkId(),
                record.etherType(),
                record.vlanId(),
                record.protocol(),
                record.localAddress(),
                record.remoteAddress(),
                record.localMac(),
                record.remoteMac(),
                record.localPort(),
                record.remotePort(),
                record.initiator(),
                record.bytesOut(),
                record.packetsOut(),
                record.bytesIn(),
                record.packetsIn(),
                record.tcpFlagsOut(),
                record.tcpFlagsIn(),
                record.retransmissions(),
                record.handshakeMicroseconds(),
                last.minusSeconds(1),
                last);
    }
}
