package dev.meseta.agent.flows.datapath;

import static dev.meseta.agent.flows.datapath.Frames.ACK;
import static dev.meseta.agent.flows.datapath.Frames.ARP;
import static dev.meseta.agent.flows.datapath.Frames.FIN;
import static dev.meseta.agent.flows.datapath.Frames.ICMP;
import static dev.meseta.agent.flows.datapath.Frames.ICMPV6;
import static dev.meseta.agent.flows.datapath.Frames.IPV4;
import static dev.meseta.agent.flows.datapath.Frames.IPV6;
import static dev.meseta.agent.flows.datapath.Frames.PSH;
import static dev.meseta.agent.flows.datapath.Frames.RST;
import static dev.meseta.agent.flows.datapath.Frames.SYN;
import static dev.meseta.agent.flows.datapath.Frames.TCP;
import static dev.meseta.agent.flows.datapath.Frames.UDP;
import static dev.meseta.agent.flows.datapath.Frames.VLAN;
import static dev.meseta.agent.flows.datapath.Frames.arp;
import static dev.meseta.agent.flows.datapath.Frames.bytes;
import static dev.meseta.agent.flows.datapath.Frames.ethernet;
import static dev.meseta.agent.flows.datapath.Frames.extension;
import static dev.meseta.agent.flows.datapath.Frames.fragmentOfIpv6;
import static dev.meseta.agent.flows.datapath.Frames.icmp;
import static dev.meseta.agent.flows.datapath.Frames.ipv4;
import static dev.meseta.agent.flows.datapath.Frames.ipv6;
import static dev.meseta.agent.flows.datapath.Frames.mac;
import static dev.meseta.agent.flows.datapath.Frames.tag;
import static dev.meseta.agent.flows.datapath.Frames.tcp;
import static dev.meseta.agent.flows.datapath.Frames.udp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.agent.flows.FlowCollector;
import dev.meseta.agent.flows.FlowCounters;
import dev.meseta.agent.flows.FlowLosses;
import dev.meseta.agent.flows.FlowRecord;
import dev.meseta.agent.flows.Initiator;
import dev.meseta.agent.system.ProcessCommands;
import dev.meseta.agent.testing.FakeHypervisor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two guests, taps in a bridge, whose frames this test writes and reads; real programs in the real kernel see them. */
@Tag("integration")
class DatapathTest {

    private static final int SIZE = 4_096;
    private static final FlowCollector.Patience ENDED_AT_ONCE =
            new FlowCollector.Patience(Duration.ofHours(1), Duration.ZERO);
    private static final byte[] LEFT = bytes(10, 0, 0, 1);
    private static final byte[] RIGHT = bytes(10, 0, 0, 2);
    private static final byte[] LEFT_V6 = bytes(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    private static final byte[] RIGHT_V6 = bytes(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2);
    private static final byte[] BROADCAST = bytes(0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
    private static final byte[] DATA = new byte[100];

    @TempDir
    private Path directory;

    private NetworkNamespace namespace;
    private FakeHypervisor hypervisor;
    private Tap left;
    private Tap right;
    private Sight sight;

    @BeforeEach
    void setUp() {
        namespace = NetworkNamespace.enter();
        namespace.bridge("br0");
        left = Tap.open(namespace, "br0");
        right = Tap.open(namespace, "br0");
        hypervisor = new FakeHypervisor();
        hypervisor.vnics(List.of(left.vnic(), right.vnic()));
        sight = newLife(SIZE, "");
    }

    private Sight newLife(int size, String token) {
        return new Sight(pins(), size, hypervisor, ENDED_AT_ONCE, token);
    }

    private Path pins() {
        return directory.resolve("bpf/meseta");
    }

    @AfterEach
    void tearDown() {
        if (sight != null) {
            sight.close();
        }
        left.close();
        right.close();
        namespace.close();
        var unused = new ProcessCommands().run(List.of("umount", "--lazy", pins().toString()), Duration.ofSeconds(10));
    }

    private void toRight(int type, byte[] payload) {
        left.send(ethernet(mac(2), mac(1), type, payload));
    }

    private void toLeft(int type, byte[] payload) {
        right.send(ethernet(mac(1), mac(2), type, payload));
    }

    private void tcpToRight(long sequence, int flags, byte[] data) {
        toRight(IPV4, ipv4(LEFT, RIGHT, TCP, tcp(40_000, 80, sequence, flags, data)));
    }

    private void tcpToLeft(long sequence, int flags, byte[] data) {
        toLeft(IPV4, ipv4(RIGHT, LEFT, TCP, tcp(80, 40_000, sequence, flags, data)));
    }

    private static List<FlowRecord> at(Tap tap, List<FlowRecord> records) {
        return records.stream()
                .filter(record -> record.vnic().equals(tap.vnic()))
                .toList();
    }

    private static FlowRecord only(Tap tap, List<FlowRecord> records) {
        List<FlowRecord> there = at(tap, records);
        assertThat(there).hasSize(1);
        return there.getFirst();
    }

    private static FlowCounters plain(long bytesOut, long packetsOut, long bytesIn, long packetsIn) {
        return new FlowCounters(bytesOut, packetsOut, bytesIn, packetsIn, 0, 0, 0, 0);
    }

    private static FlowCounters withoutTime(FlowCounters counters) {
        return new FlowCounters(
                counters.bytesOut(),
                counters.packetsOut(),
                counters.bytesIn(),
                counters.packetsIn(),
                counters.retransmissionsOut(),
                counters.retransmissionsIn(),
                counters.fragments(),
                0);
    }

    @Test
    void aTcpConversationIsSeenExactlyFromBothSides() {
        Instant before = Instant.now();
        tcpToRight(1_000, SYN, new byte[0]);
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        tcpToLeft(5_000, SYN | ACK, new byte[0]);
        tcpToRight(1_001, ACK, new byte[0]);
        tcpToRight(1_001, PSH | ACK, DATA);
        tcpToLeft(5_001, PSH | ACK, new byte[1_000]);

        List<FlowRecord> first = sight.read();
        FlowRecord client = only(left, first);
        // Ethernet 14, IP 20, TCP 20.
        assertThat(withoutTime(client.counters())).isEqualTo(plain(3 * 54 + 100, 3, 2 * 54 + 1_000, 2));
        assertThat(client.counters().handshakeUs()).isBetween(20_000, 2_000_000);
        assertThat(client.initiator()).isEqualTo(Initiator.LOCAL);
        assertThat(client.localPort()).isEqualTo(40_000);
        assertThat(client.remotePort()).isEqualTo(80);
        assertThat(client.key().localAddress()).isEqualTo(LEFT);
        assertThat(client.key().remoteAddress()).isEqualTo(RIGHT);
        assertThat(client.key().etherType()).isEqualTo(IPV4);
        assertThat(client.key().protocol()).isEqualTo(TCP);
        assertThat(client.key().vlanId()).isZero();
        assertThat(client.localMac()).isEqualTo(0x525400000001L);
        assertThat(client.remoteMac()).isEqualTo(0x525400000002L);
        assertThat(client.tcpFlagsOut()).isEqualTo(SYN | PSH | ACK);
        assertThat(client.tcpFlagsIn()).isEqualTo(SYN | PSH | ACK);
        assertThat(client.ended()).isFalse();
        assertThat(instant(client.firstSeenNanos())).isBetween(before.minusMillis(5), Instant.now());
        assertThat(Duration.ofNanos(client.lastSeenNanos() - client.firstSeenNanos()))
                .isBetween(Duration.ofMillis(20), Duration.ofSeconds(2));
        FlowRecord server = only(right, first);
        assertThat(withoutTime(server.counters())).isEqualTo(plain(2 * 54 + 1_000, 2, 3 * 54 + 100, 3));
        assertThat(server.initiator()).isEqualTo(Initiator.REMOTE);
        assertThat(server.localPort()).isEqualTo(80);
        assertThat(server.counters().handshakeUs()).isBetween(20_000, 2_000_000);
        assertThat(server.flowId()).isNotEqualTo(client.flowId());

        assertThat(sight.read()).as("nothing new").isEmpty();

        tcpToRight(1_101, FIN | ACK, new byte[0]);
        FlowRecord half = only(left, sight.read());
        assertThat(half.ended()).isFalse();
        assertThat(half.flowId()).isEqualTo(client.flowId());
        assertThat(half.counters()).as("only what came since").isEqualTo(plain(54, 1, 0, 0));
        assertThat(half.tcpFlagsOut()).as("a connection begins once").isEqualTo(FIN);
        assertThat(half.tcpFlagsIn()).isZero();
        tcpToLeft(6_001, FIN | ACK, new byte[0]);
        FlowRecord last = only(left, sight.read());
        assertThat(last.ended()).isTrue();
        assertThat(last.flowId()).isEqualTo(client.flowId());
        assertThat(last.counters()).isEqualTo(plain(0, 0, 54, 1));
        assertThat(sight.read()).isEmpty();
        assertThat(sight.losses()).isEqualTo(FlowLosses.NONE);
    }

    private static Instant instant(long nanos) {
        return Instant.ofEpochSecond(0, nanos);
    }

    @Test
    void aResetEndsAndTheNextConversationOfTheSameEndsIsAnother() {
        tcpToRight(1, SYN, new byte[0]);
        tcpToLeft(0, RST | ACK, new byte[0]);
        tcpToRight(2, SYN, new byte[0]);
        tcpToLeft(9, SYN | ACK, new byte[0]);
        tcpToRight(3, ACK, new byte[0]);

        List<FlowRecord> records = at(left, sight.read());
        assertThat(records).hasSize(2);
        FlowRecord refused =
                records.stream().filter(FlowRecord::ended).findFirst().orElseThrow();
        FlowRecord accepted =
                records.stream().filter(record -> !record.ended()).findFirst().orElseThrow();
        assertThat(refused.counters()).isEqualTo(plain(54, 1, 54, 1));
        assertThat(refused.tcpFlagsIn()).isEqualTo(RST | ACK);
        assertThat(withoutTime(accepted.counters())).isEqualTo(plain(2 * 54, 2, 54, 1));
        assertThat(accepted.counters().handshakeUs()).isPositive();
        assertThat(accepted.flowId()).isNotEqualTo(refused.flowId());

        tcpToRight(3, ACK, DATA);
        assertThat(only(left, sight.read()).flowId()).isEqualTo(accepted.flowId());
    }

    @Test
    void whatIsSentAgainIsCounted() {
        tcpToRight(0xffff_ff00L, ACK, DATA);
        tcpToRight(0xffff_ff64L, ACK, DATA);
        tcpToRight(0xffff_ffc8L, ACK, DATA);
        tcpToRight(0xffff_ff64L, ACK, DATA);
        tcpToRight(0xffff_ffc8L, ACK, DATA);
        tcpToRight(0x0000_002cL, ACK, DATA);
        // A keep-alive without data is none.
        tcpToRight(0x0000_008fL, ACK, new byte[0]);

        List<FlowRecord> records = sight.read();
        assertThat(only(left, records).counters().retransmissionsOut()).isEqualTo(2);
        assertThat(only(left, records).counters().retransmissionsIn()).isZero();
        assertThat(only(right, records).counters().retransmissionsIn()).isEqualTo(2);
    }

    @Test
    void udpAndPings() {
        toRight(IPV4, ipv4(LEFT, RIGHT, UDP, udp(5_353, 53, DATA)));
        toLeft(IPV4, ipv4(RIGHT, LEFT, UDP, udp(53, 5_353, DATA)));
        toRight(IPV4, ipv4(LEFT, RIGHT, ICMP, icmp(8, 0, 77, DATA)));
        toLeft(IPV4, ipv4(RIGHT, LEFT, ICMP, icmp(0, 0, 77, DATA)));
        toRight(IPV4, ipv4(LEFT, RIGHT, ICMP, icmp(8, 0, 78, DATA)));
        toLeft(IPV4, ipv4(RIGHT, LEFT, ICMP, icmp(3, 1, 0, DATA)));

        List<FlowRecord> records = at(left, sight.read());
        assertThat(records).hasSize(4);
        FlowRecord udp = ofProtocol(records, UDP).getFirst();
        assertThat(udp.counters()).isEqualTo(plain(142, 1, 142, 1));
        assertThat(udp.localPort()).isEqualTo(5_353);
        assertThat(udp.remotePort()).isEqualTo(53);
        List<FlowRecord> icmp = ofProtocol(records, ICMP);
        FlowRecord ping = withId(icmp, 77);
        assertThat(ping.counters()).as("request and reply").isEqualTo(plain(142, 1, 142, 1));
        assertThat(ping.localPort()).isEqualTo(8);
        assertThat(ping.remotePort()).isZero();
        assertThat(withId(icmp, 78).counters()).isEqualTo(plain(142, 1, 0, 0));
        FlowRecord unreachable = withId(icmp, 0);
        assertThat(unreachable.localPort()).isEqualTo(3);
        assertThat(unreachable.remotePort()).isEqualTo(1);
        assertThat(unreachable.initiator()).isEqualTo(Initiator.REMOTE);
    }

    private static List<FlowRecord> ofProtocol(List<FlowRecord> records, int protocol) {
        return records.stream()
                .filter(record -> record.key().protocol() == protocol)
                .toList();
    }

    private static FlowRecord withId(List<FlowRecord> records, int echoId) {
        return records.stream()
                .filter(record -> record.key().echoId() == echoId)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void ipv6WithNeighboursAndExtensionHeaders() {
        byte[] solicitation = new byte[24];
        solicitation[0] = (byte) 135;
        byte[] advertisement = new byte[24];
        advertisement[0] = (byte) 136;
        toRight(IPV6, ipv6(LEFT_V6, RIGHT_V6, ICMPV6, solicitation));
        toLeft(IPV6, ipv6(RIGHT_V6, LEFT_V6, ICMPV6, advertisement));
        toRight(IPV6, ipv6(LEFT_V6, RIGHT_V6, ICMPV6, icmp(128, 0, 5, DATA)));
        toLeft(IPV6, ipv6(RIGHT_V6, LEFT_V6, ICMPV6, icmp(129, 0, 5, DATA)));
        // Hop-by-hop options, then options for the destination, then TCP.
        toRight(IPV6, ipv6(LEFT_V6, RIGHT_V6, 0, extension(60, extension(TCP, tcp(4_000, 443, 1, SYN, new byte[0])))));
        toLeft(IPV6, ipv6(RIGHT_V6, LEFT_V6, TCP, tcp(443, 4_000, 1, SYN | ACK, new byte[0])));

        List<FlowRecord> records = at(left, sight.read());
        assertThat(records).hasSize(4).allSatisfy(record -> {
            assertThat(record.key().localAddress()).isEqualTo(LEFT_V6);
            assertThat(record.key().remoteAddress()).isEqualTo(RIGHT_V6);
            assertThat(record.key().etherType()).isEqualTo(IPV6);
        });
        FlowRecord tcp = ofProtocol(records, TCP).getFirst();
        assertThat(withoutTime(tcp.counters())).isEqualTo(plain(14 + 40 + 16 + 20, 1, 14 + 40 + 20, 1));
        assertThat(tcp.remotePort()).isEqualTo(443);
        assertThat(withId(ofProtocol(records, ICMPV6), 5).counters()).isEqualTo(plain(162, 1, 162, 1));
        assertThat(ofProtocol(records, ICMPV6).stream().map(FlowRecord::localPort))
                .containsExactlyInAnyOrder(135, 136, 128);
    }

    @Test
    void arpRequestAndReplyAreOneFlow() {
        left.send(ethernet(BROADCAST, mac(1), ARP, arp(1, mac(1), LEFT, new byte[6], RIGHT)));
        toLeft(ARP, arp(2, mac(2), RIGHT, mac(1), LEFT));

        List<FlowRecord> records = sight.read();
        FlowRecord asking = only(left, records);
        assertThat(asking.counters()).isEqualTo(plain(42, 1, 42, 1));
        assertThat(asking.key().etherType()).isEqualTo(ARP);
        assertThat(asking.key().localAddress()).isEqualTo(LEFT);
        assertThat(asking.key().remoteAddress()).isEqualTo(RIGHT);
        assertThat(only(right, records).key().localAddress()).isEqualTo(RIGHT);
    }

    @Test
    void tagsAreSeenThrough() {
        byte[] packet = ipv4(LEFT, RIGHT, UDP, udp(1, 2, DATA));
        toRight(VLAN, tag(5, IPV4, packet));
        toRight(0x88a8, tag(7, VLAN, tag(8, IPV4, packet)));
        toRight(VLAN, tag(9, VLAN, tag(10, VLAN, tag(11, IPV4, packet))));
        toRight(IPV4, packet);
        // A priority without a network.
        toRight(VLAN, tag(0, IPV4, packet));

        List<FlowRecord> records = sight.read();
        for (Tap tap : List.of(left, right)) {
            assertThat(at(tap, records).stream()
                            .map(record -> "%d %04x %d"
                                    .formatted(
                                            record.key().vlanId(),
                                            record.key().etherType(),
                                            record.counters().bytesOut()
                                                    + record.counters().bytesIn())))
                    .as("vlan, type and bytes at %s", tap == left ? "left" : "right")
                    .containsExactlyInAnyOrder("5 0800 146", "7 0800 150", "9 8100 154", "0 0800 288");
        }
    }

    @Test
    void fragmentsAreCounted() {
        byte[] none = new byte[0];
        byte[] datagram = udp(9, 10, new byte[1_000]);
        toRight(IPV4, ipv4(LEFT, RIGHT, UDP, bytes(1, 1, 1, 1), 0x2000, Arrays.copyOf(datagram, 512)));
        toRight(IPV4, ipv4(LEFT, RIGHT, UDP, none, 0x2000 | 64, new byte[400]));
        toRight(IPV4, ipv4(LEFT, RIGHT, UDP, none, 114, new byte[96]));
        toRight(IPV6, ipv6(LEFT_V6, RIGHT_V6, 44, fragmentOfIpv6(UDP, 0, true, datagram)));
        toRight(IPV6, ipv6(LEFT_V6, RIGHT_V6, 44, fragmentOfIpv6(UDP, 130, false, DATA)));
        // RFC 6946: whole, whatever it says.
        toRight(IPV6, ipv6(LEFT_V6, RIGHT_V6, 44, fragmentOfIpv6(TCP, 0, false, tcp(1, 2, 1, ACK, none))));
        // Too short for the ports of its protocol.
        toRight(IPV4, ipv4(LEFT, RIGHT, TCP, none, 0x2000, new byte[8]));

        List<FlowRecord> records = at(left, sight.read());
        assertThat(records.stream()
                        .map(record -> "%04x %d %d->%d packets %d fragments %d"
                                .formatted(
                                        record.key().etherType(),
                                        record.key().protocol(),
                                        record.localPort(),
                                        record.remotePort(),
                                        record.counters().packetsOut(),
                                        record.counters().fragments())))
                .containsExactlyInAnyOrder(
                        "0800 17 9->10 packets 1 fragments 1",
                        "0800 17 0->0 packets 2 fragments 2",
                        "86dd 17 9->10 packets 1 fragments 1",
                        "86dd 17 0->0 packets 1 fragments 1",
                        "86dd 6 1->2 packets 1 fragments 0",
                        "0800 6 0->0 packets 1 fragments 1");
        assertThat(sight.losses()).isEqualTo(FlowLosses.NONE);
    }

    @Test
    void whatCannotBeReadIsCountedAndOtherTypesAreFlows() {
        byte[] good = ipv4(LEFT, RIGHT, TCP, tcp(1, 2, 3, ACK, DATA));
        byte[] wrongVersion = good.clone();
        wrongVersion[0] = 0x65;
        byte[] tooLong = good.clone();
        tooLong[2] = 0x7f;
        byte[] shortHeader = good.clone();
        shortHeader[0] = 0x44;
        byte[] shortTcp = good.clone();
        shortTcp[20 + 12] = 0x10;
        List<byte[]> unreadable =
                List.of(wrongVersion, tooLong, shortHeader, shortTcp, Arrays.copyOf(good, 10), new byte[0]);
        unreadable.forEach(packet -> toRight(IPV4, packet));
        toRight(IPV6, new byte[39]);
        toRight(ARP, new byte[27]);

        assertThat(sight.read()).isEmpty();
        assertThat(sight.losses().packetsUnreadable())
                .as("at the left, and what of it the bridge let through to the right")
                .isBetween(8L, 16L);

        toRight(0x88cc, DATA);
        toRight(200, DATA);
        assertThat(at(left, sight.read()).stream().map(record -> record.key().etherType()))
                .containsExactlyInAnyOrder(0x88cc, 4);
    }

    @Test
    void aFullTableIsCounted() {
        sight.close();
        sight = newLife(64, "");
        for (int port = 1; port <= 100; port++) {
            left.send(ethernet(mac(9), mac(1), IPV4, ipv4(LEFT, RIGHT, UDP, udp(port, 2, DATA))));
        }
        for (int again = 0; again < 10; again++) {
            left.send(ethernet(mac(9), mac(1), IPV4, ipv4(LEFT, RIGHT, UDP, udp(1, 2, DATA))));
        }
        int delivered = right.received().size();
        List<FlowRecord> records = sight.read();
        long counted = records.stream()
                .mapToLong(record -> record.counters().packets())
                .sum();
        assertThat(records).hasSize(64);
        assertThat(sight.losses().packetsWithoutRoom()).isPositive().isEqualTo(110 + delivered - counted);
        assertThat(sight.table().packets().seen()).isEqualTo(110 + delivered);
    }

    @Test
    void aHundredThousandFlowsAreReadInTime() {
        sight.close();
        sight = newLife(262_144, "");
        int flows = 100_000;
        // To somebody whom the bridge does not know: the right one is asked, too, until its queue is full.
        for (int number = 0; number < flows; number++) {
            byte[] from = bytes(10, 1, number >> 8, number);
            left.send(ethernet(mac(9), mac(1), IPV4, ipv4(from, RIGHT, UDP, udp(1 + (number >> 16), 2, new byte[0]))));
        }
        long begin = System.nanoTime();
        List<FlowRecord> records = sight.read();
        long all = System.nanoTime();
        toRight(0x88cc, DATA);
        List<FlowRecord> nothingNew = sight.read();
        long again = System.nanoTime();
        System.out.println("Reading %d flows took %d ms when all were new and %d ms when nearly none was"
                .formatted(records.size(), (all - begin) / 1_000_000, (again - all) / 1_000_000));

        assertThat(at(left, records)).hasSize(flows);
        assertThat(records.stream()
                                .mapToLong(record -> record.counters().packets())
                                .sum()
                        + nothingNew.size())
                .as("every packet that was seen is in a record")
                .isEqualTo(sight.table().packets().seen());
        assertThat(sight.losses()).isEqualTo(FlowLosses.NONE);
        assertThat(Duration.ofNanos(all - begin)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void anotherLifeOfTheAgentGoesOn() {
        tcpToRight(1, SYN, new byte[0]);
        tcpToLeft(1, SYN | ACK, new byte[0]);
        FlowRecord before = only(left, sight.read());
        int program = sight.datapath().fromGuest().id();
        String token = sight.token();
        tcpToRight(2, ACK, DATA);

        sight.close();
        tcpToRight(102, ACK, DATA);
        sight = newLife(SIZE, token);

        assertThat(sight.datapath().fromGuest().id()).as("nothing was loaded").isEqualTo(program);
        FlowRecord after = only(left, sight.read());
        assertThat(after.flowId()).isEqualTo(before.flowId());
        assertThat(after.counters()).as("what came since it was last told").isEqualTo(plain(2 * 154, 2, 0, 0));
        assertThat(after.firstSeenNanos() - before.firstSeenNanos())
                .as("clocks are compared anew")
                .isBetween(-5_000_000L, 5_000_000L);
        assertThat(sight.losses()).isEqualTo(FlowLosses.NONE);
    }

    @Test
    void whatAnEarlierLifeMadeAndNobodyTookIsCounted() {
        tcpToRight(1, SYN, new byte[0]);
        assertThat(sight.read()).hasSize(2);
        String token = sight.token();
        toRight(IPV4, ipv4(LEFT, RIGHT, UDP, udp(1, 2, DATA)));
        assertThat(sight.read()).hasSize(2);

        sight.close();
        sight = newLife(SIZE, token);
        assertThat(sight.read()).isEmpty();
        assertThat(sight.losses()).isEqualTo(new FlowLosses(0, 0, 2));
    }

    @Test
    void sameAddressesAtTwoVnicsAreKeptApart() {
        namespace.bridge("br1");
        try (Tap other = Tap.open(namespace, "br1")) {
            hypervisor.vnics(List.of(left.vnic(), right.vnic(), other.vnic()));
            sight.look();
            byte[] frame = ethernet(mac(2), mac(1), IPV4, ipv4(LEFT, RIGHT, UDP, udp(1, 2, DATA)));
            left.send(frame);
            other.send(frame);
            other.send(frame);

            List<FlowRecord> records = sight.read();
            assertThat(only(left, records).counters().packetsOut()).isEqualTo(1);
            assertThat(only(other, records).counters().packetsOut()).isEqualTo(2);
            assertThat(only(other, records).vnic().networkId())
                    .isNotEqualTo(only(left, records).vnic().networkId());
        }
    }

    @Test
    void flowsOfATapThatGoesAwayEnd() {
        Tap third = Tap.open(namespace, "br0");
        hypervisor.vnics(List.of(left.vnic(), right.vnic(), third.vnic()));
        sight.look();
        third.send(ethernet(mac(1), mac(3), IPV4, ipv4(LEFT, RIGHT, UDP, udp(1, 2, DATA))));
        assertThat(only(third, sight.read()).ended()).isFalse();
        third.send(ethernet(mac(1), mac(3), IPV4, ipv4(LEFT, RIGHT, UDP, udp(1, 2, DATA))));
        third.close();
        hypervisor.vnics(List.of(left.vnic(), right.vnic()));

        FlowRecord last = only(third, sight.read());
        assertThat(last.ended()).isTrue();
        assertThat(last.counters()).isEqualTo(plain(142, 1, 0, 0));
        assertThat(at(third, sight.read())).isEmpty();
        assertThat(sight.table().reported()).as("nothing of it is kept").hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void flowsOfATapThatGoesWhileNoAgentRunsFindTheirOwner() {
        Tap third = Tap.open(namespace, "br0");
        hypervisor.vnics(List.of(left.vnic(), right.vnic(), third.vnic()));
        sight.look();
        sight.close();
        third.send(ethernet(mac(1), mac(3), IPV4, ipv4(LEFT, RIGHT, UDP, udp(1, 2, DATA))));
        third.close();
        hypervisor.vnics(List.of(left.vnic(), right.vnic()));

        sight = newLife(SIZE, "");
        FlowRecord last = only(third, sight.read());
        assertThat(last.ended()).isTrue();
        assertThat(last.counters().packetsOut()).isEqualTo(1);
    }

    @Test
    void flowsWaitUntilItIsKnownWhoseTheTapIs() {
        try (Tap third = Tap.open(namespace, "br0")) {
            sight.look();
            third.send(ethernet(mac(1), mac(3), IPV4, ipv4(LEFT, RIGHT, UDP, udp(1, 2, DATA))));
            assertThat(at(third, sight.read())).isEmpty();
            hypervisor.vnics(List.of(left.vnic(), right.vnic(), third.vnic()));
            sight.look();
            assertThat(only(third, sight.read()).counters().packetsOut()).isEqualTo(1);
        }
    }

    @Test
    void whoTakesTheProgramsOffIsFound() {
        namespace.run(List.of("tc", "qdisc", "del", "dev", left.vnic().tap(), "clsact"));
        sight.close();
        sight = newLife(SIZE, "");
        tcpToRight(1, SYN, new byte[0]);
        assertThat(only(left, sight.read()).counters().packetsOut()).isEqualTo(1);
        assertThat(sight.trouble()).isEmpty();
    }

    @Test
    void otherMapsReplaceThePinnedOnes() throws Exception {
        tcpToRight(1, SYN, new byte[0]);
        sight.close();
        sight = newLife(SIZE * 2, "");
        assertThat(sight.datapath().flows().mostEntries()).isEqualTo(SIZE * 2);
        try (Stream<Path> folders = Files.list(pins())) {
            assertThat(folders.filter(Files::isDirectory)).hasSize(1);
        }
        assertThat(sight.read()).as("the old counters are gone").isEmpty();
        tcpToRight(2, ACK, new byte[0]);
        assertThat(only(left, sight.read()).counters().packetsOut())
                .as("the taps have the new programs")
                .isEqualTo(1);
    }

    @Test
    void otherProgramsGoOnWithTheSameMaps() throws Exception {
        tcpToRight(1, SYN, new byte[0]);
        Path folder = pins().resolve("v1-" + SIZE);
        byte[] other = Arrays.copyOf(Datapath.compiled(), Datapath.compiled().length + 8);
        sight.close();
        Datapath.open(pins(), SIZE, other, new ProcessCommands()).close();
        try (Stream<Path> pinned = Files.list(folder)) {
            assertThat(pinned.filter(path -> path.getFileName().toString().contains("guest")))
                    .hasSize(2);
        }
        sight = newLife(SIZE, "");
        assertThat(only(left, sight.read()).counters().packetsOut()).isEqualTo(1);
    }
}
