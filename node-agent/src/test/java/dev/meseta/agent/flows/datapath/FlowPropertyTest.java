package dev.meseta.agent.flows.datapath;

import static dev.meseta.agent.flows.datapath.Frames.bytes;
import static dev.meseta.agent.flows.datapath.Frames.ethernet;
import static dev.meseta.agent.flows.datapath.Frames.mac;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.agent.flows.FlowCollector;
import dev.meseta.agent.flows.FlowKey;
import dev.meseta.agent.flows.FlowRecord;
import dev.meseta.agent.system.ProcessCommands;
import dev.meseta.agent.testing.FakeHypervisor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random frames of two guests, read and told at random moments, with the agent coming and going: what the records add up to
 * is what a plain counter has counted that was told what each frame is.
 */
@Tag("integration")
class FlowPropertyTest {

    private static final int FRAMES = 6_000;
    private static final int BEFORE_THE_QUEUE_IS_FULL = 100;
    private static final FlowCollector.Patience PATIENCE =
            new FlowCollector.Patience(Duration.ofHours(1), Duration.ofHours(1));

    @TempDir
    private Path directory;

    private NetworkNamespace namespace;
    private final FakeHypervisor hypervisor = new FakeHypervisor();
    private Tap left;
    private Tap right;

    @BeforeEach
    void setUp() {
        namespace = NetworkNamespace.enter();
        namespace.bridge("br0");
        left = Tap.open(namespace, "br0");
        right = Tap.open(namespace, "br0");
        hypervisor.vnics(List.of(left.vnic(), right.vnic()));
    }

    @AfterEach
    void tearDown() {
        left.close();
        right.close();
        namespace.close();
        var unused = new ProcessCommands().run(List.of("umount", "--lazy", pins().toString()), Duration.ofSeconds(10));
    }

    private Path pins() {
        return directory.resolve("bpf");
    }

    /** Packets and bytes: out, in. */
    private static final class Counter {

        private long packetsOut;
        private long bytesOut;
        private long packetsIn;
        private long bytesIn;

        private void count(boolean out, int bytes) {
            if (out) {
                packetsOut++;
                bytesOut += bytes;
            } else {
                packetsIn++;
                bytesIn += bytes;
            }
        }

        @Override
        public String toString() {
            return "out %d/%d in %d/%d".formatted(packetsOut, bytesOut, packetsIn, bytesIn);
        }
    }

    /** A frame, and what flow it is of; empty when it is of none. */
    private static final class Made {

        private final byte[] frame;
        private final String flow;

        private Made(byte[] frame, String flow) {
            this.frame = frame;
            this.flow = flow;
        }
    }

    private final Map<String, Counter> expected = new HashMap<>();
    private long unreadable;

    private void expect(Tap at, boolean out, Made made) {
        if (made.flow.isEmpty()) {
            unreadable++;
        } else {
            // Ports and addresses are given as the sender has them.
            String[] ends = made.flow.split("\\|");
            String flow = out ? ends[1] + ">" + ends[2] : ends[2] + ">" + ends[1];
            expected.computeIfAbsent(at.vnic().tap() + " " + ends[0] + " " + flow, key -> new Counter())
                    .count(out, made.frame.length);
        }
    }

    @Test
    void recordsAddUpToWhatWasSentAndGot() {
        long seed = System.nanoTime();
        System.out.println("FlowPropertyTest seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, Counter> actual = new HashMap<>();
        Map<String, Made> underWay = new HashMap<>();
        long toldUnreadable = 0;
        String token = "";
        Sight sight = new Sight(pins(), 65_536, hypervisor, PATIENCE, token);
        try {
            for (int number = 0; number < FRAMES; number++) {
                Tap from = random.nextBoolean() ? left : right;
                Made made = make(random, from == left ? 1 : 2, from == left ? 2 : 1);
                from.send(made.frame);
                expect(from, true, made);
                underWay.put(HexFormat.of().formatHex(made.frame), made);
                if (number % BEFORE_THE_QUEUE_IS_FULL == 0 || number == FRAMES - 1) {
                    for (Tap tap : List.of(left, right)) {
                        for (byte[] got : tap.received()) {
                            expect(
                                    tap,
                                    false,
                                    requireNonNull(underWay.get(HexFormat.of().formatHex(got))));
                        }
                    }
                }
                if (random.nextInt(50) == 0) {
                    sight.read().forEach(record -> add(actual, record));
                }
                if (random.nextInt(1_000) == 0) {
                    sight.read().forEach(record -> add(actual, record));
                    toldUnreadable += sight.losses().packetsUnreadable();
                    assertThat(sight.losses().recordsDropped()).isZero();
                    assertThat(sight.losses().packetsWithoutRoom()).isZero();
                    token = sight.token();
                    sight.close();
                    sight = new Sight(pins(), 65_536, hypervisor, PATIENCE, token);
                }
            }
            sight.read().forEach(record -> add(actual, record));
            toldUnreadable += sight.losses().packetsUnreadable();
            assertThat(sight.losses().packetsWithoutRoom()).isZero();
        } finally {
            sight.close();
        }
        assertThat(text(actual)).as("seed %d", seed).containsExactlyInAnyOrderEntriesOf(text(expected));
        assertThat(toldUnreadable).as("seed %d", seed).isEqualTo(unreadable);
        System.out.println("FlowPropertyTest: %d flows, %d packets unreadable".formatted(actual.size(), unreadable));
    }

    private static Map<String, String> text(Map<String, Counter> counters) {
        Map<String, String> text = new HashMap<>();
        counters.forEach((flow, counter) -> text.put(flow, counter.toString()));
        return text;
    }

    private static void add(Map<String, Counter> sums, FlowRecord record) {
        FlowKey key = record.key();
        boolean echo = key.echoId() != 0;
        String flow = "%s %04x/%d/%d%s %s:%d>%s:%d"
                .formatted(
                        record.vnic().tap(),
                        key.etherType(),
                        key.vlanId(),
                        key.protocol(),
                        echo ? "#" + key.echoId() : "",
                        HexFormat.of().formatHex(key.localAddress()),
                        echo ? 0 : record.localPort(),
                        HexFormat.of().formatHex(key.remoteAddress()),
                        echo ? 0 : record.remotePort());
        Counter sum = sums.computeIfAbsent(flow, any -> new Counter());
        sum.packetsOut += record.counters().packetsOut();
        sum.bytesOut += record.counters().bytesOut();
        sum.packetsIn += record.counters().packetsIn();
        sum.bytesIn += record.counters().bytesIn();
    }

    private static Made make(SplittableRandom random, int from, int to) {
        byte[] data = new byte[random.nextInt(1, 1_200)];
        random.nextBytes(data);
        int sourcePort = random.nextInt(1, 8);
        int destinationPort = random.nextInt(1, 8);
        int type;
        byte[] payload;
        String flow;
        switch (random.nextInt(10)) {
            case 0, 1 -> {
                type = Frames.IPV4;
                payload = Frames.ipv4(
                        v4(from),
                        v4(to),
                        Frames.TCP,
                        new byte[4 * random.nextInt(0, 11)],
                        0x4000,
                        Frames.tcp(sourcePort, destinationPort, random.nextInt(), flags(random), data));
                flow = flow(type, Frames.TCP, v4(from), sourcePort, v4(to), destinationPort);
            }
            case 2, 3 -> {
                type = Frames.IPV4;
                int protocol = random.nextBoolean() ? Frames.UDP : 132;
                payload = Frames.ipv4(v4(from), v4(to), protocol, Frames.udp(sourcePort, destinationPort, data));
                flow = flow(type, protocol, v4(from), sourcePort, v4(to), destinationPort);
            }
            case 4 -> {
                type = Frames.IPV4;
                payload = Frames.ipv4(
                        v4(from), v4(to), Frames.UDP, new byte[0], random.nextInt(1, 0x1fff) | 0x2000, data);
                flow = flow(type, Frames.UDP, v4(from), 0, v4(to), 0);
            }
            case 5 -> {
                type = Frames.IPV4;
                int id = random.nextInt(1, 4);
                payload = Frames.ipv4(
                        v4(from), v4(to), Frames.ICMP, Frames.icmp(random.nextBoolean() ? 8 : 0, 0, id, data));
                flow = flow(type, Frames.ICMP, v4(from), 0, v4(to), 0).replaceFirst("\\|", "#" + id + "|");
            }
            case 6, 7 -> {
                type = Frames.IPV6;
                byte[] inner = Frames.tcp(sourcePort, destinationPort, random.nextInt(), flags(random), data);
                int next = Frames.TCP;
                for (int headers = random.nextInt(0, 5); headers > 0; headers--) {
                    inner = Frames.extension(next, inner);
                    next = List.of(0, 43, 60).get(random.nextInt(3));
                }
                payload = Frames.ipv6(v6(from), v6(to), next, inner);
                flow = flow(type, Frames.TCP, v6(from), sourcePort, v6(to), destinationPort);
            }
            case 8 -> {
                type = random.nextInt(0x0700, 0x07f0);
                payload = data;
                flow = "%04x/V/0|:0|:0".formatted(type);
            }
            default -> {
                // A tagged frame with less behind the tag is thrown away by the kernel before anybody sees it.
                type = random.nextBoolean() ? Frames.IPV4 : Frames.IPV6;
                payload = new byte[random.nextInt(2, 20)];
                random.nextBytes(payload);
                flow = "";
            }
        }
        return wrap(random, from, to, type, payload, flow);
    }

    private static Made wrap(SplittableRandom random, int from, int to, int type, byte[] payload, String flow) {
        int vlanId = random.nextInt(4) == 0 ? random.nextInt(1, 4) : 0;
        boolean twice = vlanId != 0 && random.nextBoolean();
        byte[] inner = twice ? Frames.tag(99, type, payload) : payload;
        int innerType = twice ? Frames.VLAN : type;
        byte[] frame = vlanId == 0
                ? ethernet(mac(to), mac(from), type, payload)
                : ethernet(mac(to), mac(from), Frames.VLAN, Frames.tag(vlanId, innerType, inner));
        return new Made(frame, flow.replace("/V/", "/" + vlanId + "/"));
    }

    /** No SYN: a conversation that begins again would be two flows here and one there. */
    private static int flags(SplittableRandom random) {
        return Frames.ACK | (random.nextBoolean() ? Frames.PSH : 0) | (random.nextInt(20) == 0 ? Frames.FIN : 0);
    }

    private static String flow(int type, int protocol, byte[] source, int from, byte[] destination, int to) {
        return "%04x/V/%d|%s:%d|%s:%d"
                .formatted(
                        type,
                        protocol,
                        HexFormat.of().formatHex(source),
                        from,
                        HexFormat.of().formatHex(destination),
                        to);
    }

    private static byte[] v4(int number) {
        return bytes(10, 0, 0, number);
    }

    private static byte[] v6(int number) {
        return ByteBuffer.allocate(16).putLong(0xfd00L << 48).putLong(number).array();
    }
}
