package dev.meseta.manager.flows.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.agents.FlowAddress;
import dev.meseta.manager.agents.FlowRecord;
import dev.meseta.manager.agents.FlowRecord.Initiator;
import dev.meseta.manager.flows.FlowQuery;
import dev.meseta.manager.flows.Flows;
import dev.meseta.manager.flows.Flows.Cell;
import dev.meseta.manager.flows.Flows.Conversation;
import dev.meseta.manager.flows.Flows.FlowPage;
import dev.meseta.manager.flows.Flows.Grouping;
import dev.meseta.manager.flows.Flows.Peer;
import dev.meseta.manager.flows.Flows.Point;
import dev.meseta.manager.flows.Flows.Talker;
import dev.meseta.manager.flows.internal.FlowWorld.Guest;
import dev.meseta.manager.shared.query.ListRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every answer against plain sums over the records, in any order, by several managers, over any range. */
@Tag("integration")
class FlowQueryPropertyTest {

    private static final int ROUNDS = 4;
    private static final int CONVERSATIONS = 25;
    private static final Duration SPAN = Duration.ofHours(40);

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private FlowWorld world = new FlowWorld();

    @AfterEach
    void close() {
        world.close();
    }

    /** What is true of a conversation, whoever sees what of it. */
    private record Truth(Guest client, @Nullable Guest server, FlowAddress address, int port) {

        String name() {
            return client.vm() + " "
                    + (server == null ? address.toString() : server.vm().toString()) + " " + port;
        }
    }

    /** One record, as it was made. */
    private record Said(Truth truth, boolean byClient, Instant at, long request, long response, FlowRecord record) {}

    private static final class Sum {
        private long request;
        private long response;

        private void add(long requested, long responded) {
            request += requested;
            response += responded;
        }

        private long bytes() {
            return request + response;
        }
    }

    @Test
    void sums_are_those_of_the_records() {
        System.out.printf("seed %d%n", seed);
        for (int round = 0; round < ROUNDS; round++) {
            world.close();
            world = new FlowWorld();
            world.clock.advance(Duration.ofDays(3).plusSeconds(random.nextInt(86_400)));
            List<Said> said = conversations();
            store(said);
            for (int question = 0; question < 6; question++) {
                compare(said);
            }
        }
    }

    private List<Said> conversations() {
        List<Guest> guests = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            guests.add(world.guest(world.network));
        }
        Map<String, Truth> truths = new HashMap<>();
        for (int i = 0; i < CONVERSATIONS; i++) {
            Guest client = guests.get(random.nextInt(guests.size()));
            Guest server = guests.get(random.nextInt(guests.size()));
            int port = 1 + random.nextInt(3);
            Truth truth = client.equals(server)
                    ? new Truth(client, null, FlowAddress.parse("192.0.2." + random.nextInt(3)), port)
                    : new Truth(client, server, server.address(), port);
            truths.put(truth.name(), truth);
        }
        List<Said> said = new ArrayList<>();
        for (Truth truth : truths.values()) {
            boolean outside = truth.server() == null;
            int seen = outside ? 1 : 1 + random.nextInt(3);
            if ((seen & 1) != 0) {
                say(said, truth, true);
            }
            if ((seen & 2) != 0) {
                say(said, truth, false);
            }
        }
        Collections.shuffle(said, random);
        return said;
    }

    /** Some records by one end, at moments of its own. */
    private void say(List<Said> said, Truth truth, boolean byClient) {
        int records = 1 + random.nextInt(6);
        for (int i = 0; i < records; i++) {
            // Mostly of the last hours, so that all tables are asked for something.
            long back = (long) (SPAN.toSeconds() * Math.pow(random.nextDouble(), 3));
            Instant at = world.clock.instant().minusSeconds(back);
            long request = random.nextInt(1_000);
            long response = random.nextInt(100_000);
            Guest local = byClient ? truth.client() : java.util.Objects.requireNonNull(truth.server());
            FlowAddress remote = byClient ? truth.address() : truth.client().address();
            said.add(new Said(
                    truth,
                    byClient,
                    at,
                    request,
                    response,
                    new FlowRecord(
                            local.vm(),
                            local.nic(),
                            local.network(),
                            FlowWorld.IPV4,
                            0,
                            FlowWorld.UDP,
                            local.address(),
                            remote,
                            local.mac(),
                            1,
                            byClient ? 40_000 + random.nextInt(1_000) : truth.port(),
                            byClient ? truth.port() : 40_000 + random.nextInt(1_000),
                            random.nextInt(4) == 0 ? Initiator.UNKNOWN : byClient ? Initiator.LOCAL : Initiator.REMOTE,
                            byClient ? request : response,
                            1,
                            byClient ? response : request,
                            1,
                            0,
                            0,
                            0,
                            0,
                            at.minusMillis(random.nextInt(5_000)),
                            at)));
        }
    }

    private void store(List<Said> said) {
        List<FlowIngest> managers = List.of(world.manager(), world.manager());
        List<UUID> hosts = List.of(world.host(), world.host(), world.host());
        int from = 0;
        while (from < said.size()) {
            int to = Math.min(said.size(), from + 1 + random.nextInt(20));
            world.take(
                    managers.get(random.nextInt(managers.size())),
                    hosts.get(random.nextInt(hosts.size())),
                    said.subList(from, to).stream().map(Said::record).toArray(FlowRecord[]::new));
            from = to;
        }
    }

    private void compare(List<Said> said) {
        Instant to = world.clock.instant().minusSeconds(random.nextInt(3_600)).plusSeconds(60);
        Instant from = to.minusSeconds(60 + random.nextInt(random.nextBoolean() ? 3_600 * 5 : 86_400 * 20));
        FlowQuery query = new FlowQuery(from, to, "", null);
        FlowPage page = world.flows().conversations(query, ListRequest.of(null, null, 500, null));
        String what = "seed %d, %s from %s to %s".formatted(seed, page.resolution(), page.from(), page.to());
        assertThat(page.from()).as(what).isBeforeOrEqualTo(from);
        assertThat(page.to()).as(what).isAfterOrEqualTo(to);
        Predicate<Said> inRange =
                one -> !one.at().isBefore(page.from()) && one.at().isBefore(page.to());

        Map<String, Sum> conversations =
                sums(said, inRange, (one, sum) -> {}, one -> one.truth().name());
        Map<String, Long> found = new TreeMap<>();
        for (Conversation conversation : page.items()) {
            found.put(
                    conversation.client().vmId() + " "
                            + (conversation.server().vmId() == null
                                    ? conversation.server().address()
                                    : conversation.server().vmId().toString())
                            + " " + conversation.serverPort(),
                    conversation.sums().bytes());
        }
        assertThat(found).as(what).isEqualTo(bytes(conversations));
        assertThat(page.items().stream().map(item -> item.sums().bytes()).toList())
                .as(what)
                .isSortedAccordingTo(Collections.reverseOrder());
        pagesAreTheSame(query, page, what);
        matrix(said, inRange, query, what);
        talkers(said, inRange, query, what);
        timeline(said, inRange, query, what);
        peers(said, inRange, query, what);
    }

    private void pagesAreTheSame(FlowQuery query, FlowPage whole, String what) {
        for (String sort : List.of("-bytes", "lastSeen", "-firstSeen")) {
            List<UUID> ids = new ArrayList<>();
            String cursor = "";
            do {
                FlowPage page = world.flows().conversations(query, ListRequest.of(null, sort, 3, cursor));
                page.items().forEach(item -> ids.add(item.id()));
                cursor = page.nextCursor() == null ? "" : page.nextCursor();
            } while (!cursor.isEmpty());
            assertThat(ids)
                    .as(what + sort)
                    .doesNotHaveDuplicates()
                    .hasSize(whole.items().size());
        }
        List<UUID> exported = new ArrayList<>();
        world.flows().export(query, conversation -> exported.add(conversation.id()));
        assertThat(exported)
                .as(what)
                .containsExactlyInAnyOrderElementsOf(
                        whole.items().stream().map(Conversation::id).toList());
    }

    private void matrix(List<Said> said, Predicate<Said> inRange, FlowQuery query, String what) {
        Map<String, Sum> expected = sums(
                said, inRange, (one, sum) -> {}, one -> one.truth().client().vm() + " " + serverOf(one.truth()));
        Map<String, Long> found = new TreeMap<>();
        for (Cell cell : world.flows().matrix(query, Grouping.VM, 1_000).items()) {
            found.put(cell.client().vmId() + " " + cell.server().vmId(), cell.bytes());
            assertThat(cell.requestBytes() + cell.responseBytes()).isEqualTo(cell.bytes());
        }
        assertThat(found).as(what).isEqualTo(bytes(expected));
    }

    private void talkers(List<Said> said, Predicate<Said> inRange, FlowQuery query, String what) {
        Map<String, Long> expected = new TreeMap<>();
        sums(said, inRange, (one, sum) -> {}, one -> one.truth().client().vm() + " " + serverOf(one.truth()))
                .forEach((ends, sum) -> {
                    for (String end : ends.split(" ")) {
                        if (!end.equals("null")) {
                            expected.merge(end, sum.bytes(), Long::sum);
                        }
                    }
                });
        Map<String, Long> found = new TreeMap<>();
        for (Talker talker : world.flows().topTalkers(query, 1_000).items()) {
            found.put(String.valueOf(talker.vm().vmId()), talker.bytes());
            assertThat(talker.sentBytes() + talker.receivedBytes()).isEqualTo(talker.bytes());
        }
        assertThat(found).as(what).isEqualTo(expected);
    }

    private void timeline(List<Said> said, Predicate<Said> inRange, FlowQuery query, String what) {
        Flows.FlowTimeline timeline = world.flows().timeline(query);
        Grain grain = Grain.valueOf(timeline.resolution().name());
        Map<String, Sum> expected = new TreeMap<>();
        sums(
                said,
                inRange,
                (one, sum) -> expected.computeIfAbsent(grain.floor(one.at()).toString(), at -> new Sum())
                        .add(one.request(), one.response()),
                one -> one.truth().name());
        Map<String, Long> found = new TreeMap<>();
        for (Point point : timeline.points()) {
            found.put(point.at().toString(), point.sums().bytes());
        }
        // A bucket in which only the end that does not count saw something has no bytes.
        found.values().removeIf(bytes -> bytes == 0);
        Map<String, Long> counted = bytes(expected);
        counted.values().removeIf(bytes -> bytes == 0);
        assertThat(found).as(what).isEqualTo(counted);
    }

    private void peers(List<Said> said, Predicate<Said> inRange, FlowQuery query, String what) {
        Guest vm = said.get(random.nextInt(said.size())).truth().client();
        Map<String, Sum> expected = sums(
                said,
                inRange.and(one ->
                        one.truth().client().equals(vm) || vm.equals(one.truth().server())),
                (one, sum) -> {},
                one -> !one.truth().client().equals(vm)
                        ? one.truth().client().vm().toString()
                        : one.truth().server() == null ? one.truth().address().toString() : serverOf(one.truth()));
        Map<String, Long> found = new TreeMap<>();
        for (Peer peer : world.flows().peers(vm.vm(), query, 1_000).items()) {
            found.put(
                    peer.peer().vmId() == null
                            ? String.valueOf(peer.peer().address())
                            : peer.peer().vmId().toString(),
                    peer.bytes());
        }
        assertThat(found).as(what).isEqualTo(bytes(expected));
    }

    private static String serverOf(Truth truth) {
        Guest server = truth.server();
        return server == null ? "null" : server.vm().toString();
    }

    private static Map<String, Long> bytes(Map<String, Sum> sums) {
        Map<String, Long> bytes = new TreeMap<>();
        sums.forEach((key, sum) -> bytes.put(key, sum.bytes()));
        return bytes;
    }

    /** Each conversation by the client's records if there is one in the range, else by the server's. */
    private static Map<String, Sum> sums(
            List<Said> said,
            Predicate<Said> inRange,
            BiConsumer<Said, Sum> each,
            java.util.function.Function<Said, String> key) {
        Map<String, Boolean> byClient = new HashMap<>();
        said.stream()
                .filter(inRange)
                .forEach(one -> byClient.merge(one.truth().name(), one.byClient(), Boolean::logicalOr));
        Map<String, Sum> sums = new TreeMap<>();
        said.stream()
                .filter(inRange)
                .filter(one ->
                        one.byClient() == byClient.getOrDefault(one.truth().name(), false))
                .forEach(one -> {
                    Sum sum = sums.computeIfAbsent(key.apply(one), name -> new Sum());
                    sum.add(one.request(), one.response());
                    each.accept(one, sum);
                });
        return sums;
    }
}
