package dev.meseta.agent.testing;

import com.google.protobuf.Timestamp;
import dev.meseta.proto.v1.DomainServiceGrpc;
import dev.meseta.proto.v1.GetOperationRequest;
import dev.meseta.proto.v1.HostServiceGrpc;
import dev.meseta.proto.v1.MigrationServiceGrpc;
import dev.meseta.proto.v1.NetworkServiceGrpc;
import dev.meseta.proto.v1.Operation;
import dev.meseta.proto.v1.OperationContext;
import dev.meseta.proto.v1.OperationServiceGrpc;
import dev.meseta.proto.v1.OperationState;
import dev.meseta.proto.v1.VolumeServiceGrpc;
import dev.meseta.proto.v1.WatchEvent;
import dev.meseta.proto.v1.WatchRequest;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** Talks to an agent as a manager does: commands, and a watch that hears how they end. */
public final class TestManager implements AutoCloseable {

    private final ManagedChannel channel;
    private final List<WatchEvent> events = new CopyOnWriteArrayList<>();
    private final Object news = new Object();

    public TestManager(TestAgent agent, TestAuthority authority) {
        channel = agent.channel(authority.manager(UUID.randomUUID().toString()));
        HostServiceGrpc.newStub(channel).watch(WatchRequest.getDefaultInstance(), new StreamObserver<>() {
            @Override
            public void onNext(WatchEvent event) {
                events.add(event);
                wake();
            }

            @Override
            public void onError(Throwable thrown) {
                wake();
            }

            @Override
            public void onCompleted() {
                wake();
            }
        });
        WatchEvent unused = await(WatchEvent::hasSnapshotEnd);
    }

    private void wake() {
        synchronized (news) {
            news.notifyAll();
        }
    }

    public static OperationContext context(String operationId) {
        return OperationContext.newBuilder()
                .setOperationId(operationId)
                .setFencingEpoch(1)
                .setCorrelationId("test")
                .setRequestedBy("test")
                .build();
    }

    public static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    public List<WatchEvent> events() {
        return List.copyOf(events);
    }

    /** Waits until an event was heard that fits. */
    public WatchEvent await(Predicate<WatchEvent> wanted) {
        long giveUp = System.nanoTime() + 30_000_000_000L;
        synchronized (news) {
            while (true) {
                for (WatchEvent event : events) {
                    if (wanted.test(event)) {
                        return event;
                    }
                }
                long left = (giveUp - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    throw new AssertionError("Never heard of it; heard: " + events);
                }
                try {
                    news.wait(left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new AssertionError("interrupted", e);
                }
            }
        }
    }

    /** Waits until the operation ends; asks once at the end, as the answer must be the same. */
    public Operation end(Operation begun) {
        WatchEvent event = await(heard -> heard.hasOperation()
                && heard.getOperation().getOperationId().equals(begun.getOperationId())
                && heard.getOperation().getState() != OperationState.OPERATION_STATE_RUNNING);
        Operation asked = OperationServiceGrpc.newBlockingStub(channel)
                .get(GetOperationRequest.newBuilder()
                        .setOperationId(begun.getOperationId())
                        .build());
        if (!asked.equals(event.getOperation())) {
            throw new AssertionError("Two answers: " + asked + " and " + event.getOperation());
        }
        return asked;
    }

    public DomainServiceGrpc.DomainServiceBlockingStub domains() {
        return DomainServiceGrpc.newBlockingStub(channel);
    }

    public MigrationServiceGrpc.MigrationServiceBlockingStub migrations() {
        return MigrationServiceGrpc.newBlockingStub(channel);
    }

    public VolumeServiceGrpc.VolumeServiceBlockingStub volumes() {
        return VolumeServiceGrpc.newBlockingStub(channel);
    }

    public NetworkServiceGrpc.NetworkServiceBlockingStub networks() {
        return NetworkServiceGrpc.newBlockingStub(channel);
    }

    public OperationServiceGrpc.OperationServiceBlockingStub operations() {
        return OperationServiceGrpc.newBlockingStub(channel);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
