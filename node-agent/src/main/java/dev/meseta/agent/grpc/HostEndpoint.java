package dev.meseta.agent.grpc;

import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.host.HostInformation;
import dev.meseta.agent.operations.Operations;
import dev.meseta.agent.watch.WatchHub;
import dev.meseta.proto.v1.DescribeHostRequest;
import dev.meseta.proto.v1.HostDescription;
import dev.meseta.proto.v1.HostServiceGrpc;
import dev.meseta.proto.v1.WatchEvent;
import dev.meseta.proto.v1.WatchRequest;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;

/** HostService. */
final class HostEndpoint extends HostServiceGrpc.HostServiceImplBase {

    private final HostInformation information;
    private final WatchHub hub;
    private final Operations operations;
    private final Executor executor;

    /** @param executor where watches are fed; a snapshot may block it */
    HostEndpoint(HostInformation information, WatchHub hub, Operations operations, Executor executor) {
        this.information = information;
        this.hub = hub;
        this.operations = operations;
        this.executor = executor;
    }

    @Override
    public void describe(DescribeHostRequest request, StreamObserver<HostDescription> observer) {
        Calls.answer(observer, () -> Encoder.host(information.describe()));
    }

    @Override
    public void watch(WatchRequest request, StreamObserver<WatchEvent> observer) {
        try {
            operations.admit(request.getFencingEpoch());
        } catch (AgentException e) {
            observer.onError(GrpcErrors.toCaller(e));
            return;
        }
        PacedStream<WatchEvent> stream = new PacedStream<>((ServerCallStreamObserver<WatchEvent>) observer, executor);
        WatchHub.Watcher watcher = hub.watch(request.getResumeToken(), stream::wake);
        stream.begin(() -> watcher.poll().map(Encoder::watchEvent), watcher::close);
    }
}
