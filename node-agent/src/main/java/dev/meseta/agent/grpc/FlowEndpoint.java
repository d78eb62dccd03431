package dev.meseta.agent.grpc;

import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.flows.FlowFeed;
import dev.meseta.agent.operations.Operations;
import dev.meseta.proto.v1.FlowBatch;
import dev.meseta.proto.v1.FlowServiceGrpc;
import dev.meseta.proto.v1.WatchFlowsRequest;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;

/** FlowService. */
final class FlowEndpoint extends FlowServiceGrpc.FlowServiceImplBase {

    private final Operations operations;
    private final FlowFeed flows;
    private final Executor executor;

    /** @param executor where watches are fed */
    FlowEndpoint(Operations operations, FlowFeed flows, Executor executor) {
        this.operations = operations;
        this.flows = flows;
        this.executor = executor;
    }

    @Override
    public void watch(WatchFlowsRequest request, StreamObserver<FlowBatch> observer) {
        try {
            operations.admit(request.getFencingEpoch());
        } catch (AgentException e) {
            observer.onError(GrpcErrors.toCaller(e));
            return;
        }
        var call = (ServerCallStreamObserver<FlowBatch>) observer;
        PacedStream<FlowBatch> stream = new PacedStream<>(call, executor);
        FlowFeed.Watcher watcher = flows.watch(request.getResumeToken(), stream::wake);
        stream.begin(() -> watcher.poll().map(FlowEncoder::batch), watcher::close);
    }
}
