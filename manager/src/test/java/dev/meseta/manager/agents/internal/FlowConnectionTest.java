package dev.meseta.manager.agents.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.meseta.manager.agents.FlowBatch;
import dev.meseta.manager.agents.FlowBatch.Losses;
import dev.meseta.manager.agents.FlowRecord;
import dev.meseta.manager.agents.FlowRecord.Initiator;
import dev.meseta.manager.agents.FlowSource;
import dev.meseta.manager.agents.HostFlows;
import dev.meseta.manager.agents.internal.FakeAgent.FlowWatch;
import dev.meseta.manager.agents.internal.FakeAgent.Watch;
import dev.meseta.proto.v1.FlowInitiator;
import dev.meseta.proto.v1.FlowLosses;
import io.grpc.Status;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Reading the flows of one host, over real gRPC and into a sink of the test's. */
@Tag("unit")
class FlowConnectionTest {

    private static final UUID HOST = UUID.fromString("00000000-0000-7000-8000-0000000000a1");
    private static final UUID VM = UUID.fromString("00000000-0000-7000-8000-0000000000b1");
    private static final UUID NIC = UUID.fromString("00000000-0000-7000-8000-0000000000c1");
    private static final UUID NETWORK = UUID.fromString("00000000-0000-7000-8000-0000000000d1");
    private static final long SECOND = 1_800_000_000;

    private final AgentsFixture manager = new AgentsFixture(AgentsFixture.PATIENT);
    private final FakeAgent agent = manager.agentOf(HOST);
    private final RecordingSink sink = new RecordingSink();

    @BeforeEach
    void connect() {
        manager.flows = Optional.of(sink);
        manager.register(agent, HOST);
    }

    @AfterEach
    void stop() {
        sink.slow.countDown();
        manager.close();
        agent.close();
    }

    private FlowWatch begin() {
        agent.knowsFlows();
        live();
        return agent.nextFlowWatch();
    }

    private Watch live() {
        manager.connections.start();
        return snapshot(agent.nextWatch());
    }

    private static Watch snapshot(Watch watch) {
        return watch.send(WatchEvents.host(HOST, "i1")).send(WatchEvents.snapshotEnd());
    }

    @Test
    void takesInWhatAVnicSaw() {
        FlowWatch watch = begin();
        assertThat(watch.resumeToken()).isEmpty();
        assertThat(watch.epoch()).isEqualTo(2);

        watch.send(batch("t1")
                .setSource(dev.meseta.proto.v1.FlowSource.FLOW_SOURCE_DATAPATH)
                .setLosses(FlowLosses.newBuilder()
                        .setPacketsWithoutRoom(1)
                        .setPacketsUnreadable(2)
                        .setRecordsDropped(3))
                .addFlows(flow()));

        FlowBatch taken = sink.next();
        assertThat(taken.resumeToken()).isEqualTo("t1");
        assertThat(taken.takenAt()).isEqualTo(Instant.ofEpochSecond(SECOND));
        assertThat(taken.source()).isEqualTo(FlowSource.DATAPATH);
        assertThat(taken.losses()).isEqualTo(new Losses(1, 2, 3));
        assertThat(taken.refused()).isZero();
        FlowRecord record = taken.flows().getFirst();
        assertThat(record.vmId()).isEqualTo(VM);
        assertThat(record.nicId()).isEqualTo(NIC);
        assertThat(record.networkId()).isEqualTo(NETWORK);
        assertThat(record.localAddress()).hasToString("10.0.0.1");
        assertThat(record.remoteAddress()).hasToString("10.0.0.255");
        assertThat(record.localMac()).isEqualTo(0x52_54_00_00_00_01L);
        assertThat(record.remoteMac()).isEqualTo(0x52_54_00_FF_FE_FDL);
        assertThat(record.initiator()).isEqualTo(Initiator.LOCAL);
        assertThat(record.retransmissions()).isEqualTo(3);
        assertThat(record.lastSeen()).isEqualTo(Instant.ofEpochSecond(SECOND));
    }

    @Test
    void resumesWithTheTokenOfTheLastBatchThatWasStored() {
        FlowWatch first = begin();
        first.send(batch("t1")).send(batch("t2"));
        sink.next();
        sink.next();
        first.fail(Status.UNAVAILABLE);

        FlowWatch second = agent.nextFlowWatch();
        assertThat(second.resumeToken()).isEqualTo("t2");
        second.send(batch("t3"));
        assertThat(sink.next().resumeToken()).isEqualTo("t3");
        assertThat(sink.position.number()).isEqualTo(3);
    }

    @Test
    void aBatchThatCannotBeStoredIsAskedForAgain() {
        sink.failures.set(2);
        FlowWatch watch = begin();
        for (int attempt = 0; attempt < 3; attempt++) {
            assertThat(watch.resumeToken()).isEmpty();
            watch.send(batch("t1"));
            if (attempt < 2) {
                watch = agent.nextFlowWatch();
            }
        }
        assertThat(sink.next().resumeToken()).isEqualTo("t1");
        assertThat(sink.position.number()).isEqualTo(1);
    }

    @Test
    void whatAnotherManagerHasTakenInIsLeftAloneAndReadingGoesOnBehindIt() {
        FlowWatch first = begin();
        sink.position = new HostFlows.Position("theirs", 5);
        first.send(batch("t1"));

        FlowWatch second = agent.nextFlowWatch();
        assertThat(second.resumeToken()).isEqualTo("theirs");
        second.send(batch("t6"));
        assertThat(sink.next().resumeToken()).isEqualTo("t6");
        assertThat(sink.position.number()).isEqualTo(6);
    }

    @Test
    void anAgentThatKnowsNoFlowsIsAskedOnceForEachTimeItConnects() throws InterruptedException {
        Watch watch = live();
        assertThat(sink.unsupported.poll(15, TimeUnit.SECONDS)).isEqualTo(HOST);
        agent.flowsRefused.acquire();
        // Far longer than the pause between attempts.
        assertThat(agent.flowsRefused.tryAcquire(1, TimeUnit.SECONDS)).isFalse();

        agent.knowsFlows();
        watch.fail(Status.UNAVAILABLE);
        snapshot(agent.nextWatch());
        agent.nextFlowWatch().send(batch("t1"));
        assertThat(sink.next().resumeToken()).isEqualTo("t1");
    }

    @Test
    void withASlowDatabaseTheAgentWaitsAndTheManagerHoldsOneBatch() {
        sink.isSlow = true;
        FlowWatch watch = begin();
        int sent = 0;
        // What the network holds by itself is a few megabytes.
        while (watch.isReady() || sent < 10) {
            watch.send(large("t" + ++sent));
            assertThat(sent)
                    .as("batches of a megabyte, sent to somebody who takes none")
                    .isLessThan(100);
        }
        Waiting.until(sink.begun);
        assertThat(sink.calls.get()).isEqualTo(1);
        // The host's watch is not held up.
        assertThat(manager.connections.isLive(HOST)).isTrue();

        sink.slow.countDown();
        for (int i = 1; i <= sent; i++) {
            FlowBatch taken = sink.next();
            assertThat(taken.resumeToken()).isEqualTo("t" + i);
            assertThat(taken.flows()).hasSize(5_000);
        }
    }

    @Test
    void absurdRecordsAreCountedAndTheRestIsGood() {
        FlowWatch watch = begin();
        dev.meseta.proto.v1.FlowBatch.Builder batch = batch("t1").setSourceValue(77);
        UnaryOperator<dev.meseta.proto.v1.FlowRecord.Builder>[] absurd = absurd();
        for (UnaryOperator<dev.meseta.proto.v1.FlowRecord.Builder> change : absurd) {
            batch.addFlows(change.apply(flow()));
        }
        watch.send(batch.addFlows(flow().setInitiatorValue(99))
                .setLosses(FlowLosses.newBuilder().setRecordsDropped(-5)));

        FlowBatch taken = sink.next();
        assertThat(taken.refused()).isEqualTo(absurd.length);
        assertThat(taken.flows()).hasSize(1);
        assertThat(taken.flows().getFirst().initiator()).isEqualTo(Initiator.UNKNOWN);
        assertThat(taken.source()).isEqualTo(FlowSource.UNKNOWN);
        assertThat(taken.losses()).isEqualTo(Losses.NONE);
        watch.send(batch("t2"));
        assertThat(sink.next().resumeToken()).as("the stream goes on").isEqualTo("t2");
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static UnaryOperator<dev.meseta.proto.v1.FlowRecord.Builder>[] absurd() {
        return new UnaryOperator[] {
            of(flow -> flow.setBytesOut(-1)),
            of(flow -> flow.setBytesIn(Long.MAX_VALUE)),
            of(flow -> flow.setPacketsIn(Long.MIN_VALUE)),
            of(flow -> flow.setRetransmissionsIn(-1)),
            of(flow -> flow.setHandshakeRoundTripUs(-1)),
            of(flow -> flow.setVmId("")),
            of(flow -> flow.setNicId("../../etc/passwd")),
            of(flow -> flow.setNetworkId("\0")),
            of(flow -> flow.setLocalAddress(bytes(10, 0, 0))),
            of(flow -> flow.setRemoteAddress(ByteString.EMPTY)),
            of(flow -> flow.setRemoteAddress(ByteString.copyFrom(new byte[1 << 16]))),
            of(flow -> flow.setLocalMac(bytes(1, 2, 3, 4, 5))),
            of(flow -> flow.setLocalPort(65_536)),
            of(flow -> flow.setRemotePort(-1)),
            of(flow -> flow.setProtocol(256)),
            of(flow -> flow.setEtherType(-1)),
            of(flow -> flow.setVlanId(4096)),
            of(flow -> flow.clearLastSeen()),
            of(flow -> flow.setFirstSeen(AgentMessages.timestamp(Instant.ofEpochSecond(SECOND + 1)))),
            of(flow ->
                    flow.setLastSeen(com.google.protobuf.Timestamp.newBuilder().setSeconds(Long.MAX_VALUE))),
            of(flow -> flow.setLastSeen(com.google.protobuf.Timestamp.newBuilder()
                    .setSeconds(SECOND)
                    .setNanos(-1)))
        };
    }

    private static UnaryOperator<dev.meseta.proto.v1.FlowRecord.Builder> of(
            UnaryOperator<dev.meseta.proto.v1.FlowRecord.Builder> change) {
        return change;
    }

    @Test
    void aTokenOfAMegabyteIsNotKept() {
        FlowWatch watch = begin();
        watch.send(batch("t".repeat(1 << 20)));

        assertThat(agent.nextFlowWatch().resumeToken()).isEmpty();
        assertThat(sink.calls.get()).isZero();
    }

    @Test
    void nothingIsReadOfAHostThatIsNotConnectedOrOfAnybodyElse() {
        FlowWatch first = begin();
        first.send(batch("t1"));
        sink.next();
        manager.connections.stop();

        assertThat(agent.hasFlowWatch()).isFalse();
        assertThat(sink.calls.get()).isEqualTo(1);
    }

    private static dev.meseta.proto.v1.FlowBatch.Builder batch(String token) {
        return dev.meseta.proto.v1.FlowBatch.newBuilder()
                .setResumeToken(token)
                .setTakenAt(AgentMessages.timestamp(Instant.ofEpochSecond(SECOND)));
    }

    private static dev.meseta.proto.v1.FlowBatch.Builder large(String token) {
        dev.meseta.proto.v1.FlowBatch.Builder batch = batch(token);
        for (int i = 0; i < 5_000; i++) {
            batch.addFlows(flow().setFlowId(i).setRemotePort(i));
        }
        assertThat(batch.build().getSerializedSize()).isGreaterThan(1_000_000);
        return batch;
    }

    private static dev.meseta.proto.v1.FlowRecord.Builder flow() {
        return dev.meseta.proto.v1.FlowRecord.newBuilder()
                .setFlowId(1)
                .setVmId(VM.toString())
                .setNicId(NIC.toString())
                .setNetworkId(NETWORK.toString())
                .setEtherType(0x0800)
                .setProtocol(6)
                .setLocalAddress(bytes(10, 0, 0, 1))
                .setRemoteAddress(bytes(10, 0, 0, 255))
                .setLocalMac(bytes(0x52, 0x54, 0, 0, 0, 1))
                .setRemoteMac(bytes(0x52, 0x54, 0, 0xFF, 0xFE, 0xFD))
                .setLocalPort(40_000)
                .setRemotePort(443)
                .setInitiator(FlowInitiator.FLOW_INITIATOR_LOCAL)
                .setBytesOut(100)
                .setPacketsOut(1)
                .setBytesIn(200)
                .setPacketsIn(2)
                .setTcpFlagsOut(2)
                .setRetransmissionsOut(1)
                .setRetransmissionsIn(2)
                .setHandshakeRoundTripUs(350)
                .setFirstSeen(AgentMessages.timestamp(Instant.ofEpochSecond(SECOND - 5)))
                .setLastSeen(AgentMessages.timestamp(Instant.ofEpochSecond(SECOND)));
    }

    private static ByteString bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return ByteString.copyFrom(bytes);
    }

    /** Keeps batches in memory, as slowly and as badly as the test says. */
    private static final class RecordingSink implements HostFlows {

        private final BlockingQueue<FlowBatch> taken = new LinkedBlockingQueue<>();
        private final BlockingQueue<UUID> unsupported = new LinkedBlockingQueue<>();
        private final AtomicInteger failures = new AtomicInteger();
        private final AtomicInteger calls = new AtomicInteger();
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch slow = new CountDownLatch(1);
        private volatile boolean isSlow;
        private volatile Position position = new Position("", 0);

        @Override
        public Position position(UUID hostId) {
            return position;
        }

        @Override
        public Optional<Position> take(UUID hostId, Position after, FlowBatch batch) {
            calls.incrementAndGet();
            begun.countDown();
            if (isSlow) {
                Waiting.until(slow);
            }
            if (failures.getAndDecrement() > 0) {
                throw new IllegalStateException("the database is down");
            }
            if (!after.equals(position)) {
                return Optional.empty();
            }
            position = new Position(batch.resumeToken(), after.number() + 1);
            taken.add(batch);
            return Optional.of(position);
        }

        @Override
        public void unsupported(UUID hostId) {
            unsupported.add(hostId);
        }

        private FlowBatch next() {
            return Waiting.next(taken, "a batch");
        }
    }
}
