package dev.meseta.manager.agents.internal;

import dev.meseta.proto.v1.FlowBatch;
import dev.meseta.proto.v1.FlowServiceGrpc;
import dev.meseta.proto.v1.WatchFlowsRequest;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;

/** One call of FlowService.Watch. The next batch is asked for only when the last one has been stored. */
final class FlowStream {

    /** Several times what a full batch takes: one that is refused for its size would come again and again. */
    private static final int MAX_BATCH_BYTES = 16 << 20;

    private final ClientCall<WatchFlowsRequest, FlowBatch> call;

    private FlowStream(ClientCall<WatchFlowsRequest, FlowBatch> call) {
        this.call = call;
    }

    static FlowStream open(ManagedChannel channel, String resumeToken, long epoch, Listener listener) {
        ClientCall<WatchFlowsRequest, FlowBatch> call = channel.newCall(
                FlowServiceGrpc.getWatchMethod(), CallOptions.DEFAULT.withMaxInboundMessageSize(MAX_BATCH_BYTES));
        FlowStream stream = new FlowStream(call);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(FlowBatch batch) {
                        listener.onBatch(stream, batch);
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        listener.onEnd(stream, status);
                    }
                },
                new Metadata());
        call.request(1);
        call.sendMessage(WatchFlowsRequest.newBuilder()
                .setResumeToken(resumeToken)
                .setFencingEpoch(epoch)
                .build());
        call.halfClose();
        return stream;
    }

    /** Ready for another batch. */
    void next() {
        call.request(1);
    }

    void cancel(String reason) {
        call.cancel(reason, null);
    }

    /** Called by gRPC's threads; must be quick. */
    interface Listener {

        void onBatch(FlowStream from, FlowBatch batch);

        void onEnd(FlowStream from, Status status);
    }
}
