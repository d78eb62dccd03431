package dev.meseta.agent.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meseta.agent.flows.Flows;
import dev.meseta.agent.flows.SimulatedFlows;
import dev.meseta.agent.hypervisor.Await;
import dev.meseta.agent.hypervisor.Vnic;
import dev.meseta.agent.testing.FakeHypervisor;
import dev.meseta.agent.testing.NoCommands;
import dev.meseta.agent.testing.TestAgent;
import dev.meseta.agent.testing.TestAuthority;
import dev.meseta.proto.v1.DescribeHostRequest;
import dev.meseta.proto.v1.FlowBatch;
import dev.meseta.proto.v1.FlowServiceGrpc;
import dev.meseta.proto.v1.FlowSource;
import dev.meseta.proto.v1.HostDescription;
import dev.meseta.proto.v1.HostServiceGrpc;
import dev.meseta.proto.v1.WatchFlowsRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("unit")
class FlowEndpointTest {

    private static final UUID NIC = UUID.randomUUID();
    private static final Vnic VNIC = new Vnic(UUID.randomUUID(), NIC, UUID.randomUUID(), Vnic.tapOf(NIC));

    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final SimulatedFlows traffic = new SimulatedFlows(() -> List.of(VNIC), 7);

    @AfterEach
    void stop() {
        scheduler.shutdownNow();
    }

    private Flows open() {
        return traffic.open(new Flows.Given(
                new FakeHypervisor(), Optional.empty(), InstantSource.system(), Runnable::run, scheduler));
    }

    /** A watcher that takes as much as the test says. */
    private static final class Taker extends ServerCallStreamObserver<FlowBatch> {

        private final List<FlowBatch> taken = new CopyOnWriteArrayList<>();
        private volatile boolean ready;
        private volatile Runnable whenReady = () -> {};

        private void ready(boolean takes) {
            ready = takes;
            whenReady.run();
        }

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public void setOnReadyHandler(Runnable handler) {
            whenReady = handler;
        }

        @Override
        public void onNext(FlowBatch batch) {
            taken.add(batch);
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void setOnCancelHandler(Runnable handler) {}

        @Override
        public void setCompression(String compression) {}

        @Override
        public void disableAutoInboundFlowControl() {}

        @Override
        public void request(int count) {}

        @Override
        public void setMessageCompression(boolean enable) {}

        @Override
        public void onError(Throwable failure) {
            throw new AssertionError(failure);
        }

        @Override
        public void onCompleted() {}
    }

    @Test
    void aSlowWatcherIsNotPressed() {
        try (Flows flows = open()) {
            traffic.rate(5);
            Taker taker = new Taker();
            PacedStream<FlowBatch> stream = new PacedStream<>(taker, Runnable::run);
            var watcher = flows.feed().watch("", stream::wake);
            stream.begin(() -> watcher.poll().map(FlowEncoder::batch), watcher::close);
            var other = flows.feed().watch("", () -> {});
            int[] came = {0};
            Await.until("two batches are there", () -> {
                came[0] += other.poll().isPresent() ? 1 : 0;
                return came[0] == 2;
            });
            assertThat(taker.taken).isEmpty();

            taker.ready(true);
            Await.until("traffic comes", () -> taker.taken.size() >= 3);
            FlowBatch batch = taker.taken.get(1);
            assertThat(batch.getSource()).isEqualTo(FlowSource.FLOW_SOURCE_DATAPATH);
            assertThat(batch.getFlowsList()).hasSize(5).allSatisfy(flow -> {
                assertThat(flow.getVmId()).isEqualTo(VNIC.vmId().toString());
                assertThat(flow.getNicId()).isEqualTo(NIC.toString());
                assertThat(flow.getNetworkId()).isEqualTo(VNIC.networkId().toString());
                assertThat(flow.getLocalAddress().size()).isEqualTo(4);
                assertThat(flow.getLocalMac().size()).isEqualTo(6);
                assertThat(flow.getProtocol()).isEqualTo(6);
                assertThat(flow.getEtherType()).isEqualTo(0x0800);
                assertThat(flow.getFirstSeen().getSeconds()).isPositive();
                assertThat(flow.getEnded()).isTrue();
            });
        }
    }

    @Test
    void aLargestBatchFitsIntoAMessage() {
        try (Flows flows = open()) {
            traffic.rate(3_000);
            var watcher = flows.feed().watch("", () -> {});
            FlowBatch[] full = {FlowBatch.getDefaultInstance()};
            Await.until("a full batch", () -> {
                watcher.poll().map(FlowEncoder::batch).ifPresent(batch -> full[0] = batch);
                return full[0].getFlowsCount() == 3_000;
            });
            // IPv6 has 24 bytes more a record, losses and numbers that grow some more.
            assertThat(full[0].getSerializedSize() + 3_000 * 60).isLessThan(1 << 20);
        }
    }

    @Test
    void aHostThatSeesNothingSaysSo(@TempDir Path directory) {
        TestAuthority authority = new TestAuthority("control", Instant.now());
        try (TestAgent agent = new TestAgent(authority, directory, new FakeHypervisor(), new NoCommands())) {
            ManagedChannel channel =
                    agent.channel(authority.manager(UUID.randomUUID().toString()));
            try {
                Iterator<FlowBatch> batches = FlowServiceGrpc.newBlockingStub(channel)
                        .watch(WatchFlowsRequest.newBuilder().setFencingEpoch(5).build());
                FlowBatch batch = batches.next();
                assertThat(batch.getSource()).isEqualTo(FlowSource.FLOW_SOURCE_NONE);
                assertThat(batch.getFlowsList()).isEmpty();
                HostDescription host =
                        HostServiceGrpc.newBlockingStub(channel).describe(DescribeHostRequest.getDefaultInstance());
                assertThat(host.getConditionsList())
                        .anySatisfy(condition -> assertThat(condition.getCode()).isEqualTo("FLOWS_NOT_SEEN"));
                assertThat(host.getCapabilitiesList()).doesNotContain("flows.datapath");

                Iterator<FlowBatch> fenced = FlowServiceGrpc.newBlockingStub(channel)
                        .watch(WatchFlowsRequest.newBuilder().setFencingEpoch(4).build());
                assertThatThrownBy(fenced::next)
                        .isInstanceOfSatisfying(
                                StatusRuntimeException.class,
                                e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION));
            } finally {
                channel.shutdownNow();
            }
        }
    }
}
