package dev.meseta.manager.agents.internal;

import dev.meseta.proto.v1.HostServiceGrpc;
import dev.meseta.proto.v1.WatchEvent;
import dev.meseta.proto.v1.WatchRequest;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;

/** One call of HostService.Watch. The next event is asked for only when the last one has been dealt with. */
final class WatchStream {

    private final ClientCall<WatchRequest, WatchEvent> call;

    private WatchStream(ClientCall<WatchRequest, WatchEvent> call) {
        this.call = call;
    }

    static WatchStream open(ManagedChannel channel, String resumeToken, long epoch, Listener listener) {
        ClientCall<WatchRequest, WatchEvent> call =
                channel.newCall(HostServiceGrpc.getWatchMethod(), CallOptions.DEFAULT);
        WatchStream stream = new WatchStream(call);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(WatchEvent event) {
                        listener.onEvent(stream, event);
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        listener.onEnd(stream, reason(status));
                    }
                },
                new Metadata());
        call.request(1);
        call.sendMessage(WatchRequest.newBuilder()
                .setResumeToken(resumeToken)
                .setFencingEpoch(epoch)
                .build());
        call.halfClose();
        return stream;
    }

    /** Ready for another event. */
    void next() {
        call.request(1);
    }

    void cancel(String reason) {
        call.cancel(reason, null);
    }

    private static String reason(Status status) {
        if (status.isOk()) {
            return "the agent ended the watch";
        }
        StringBuilder text = new StringBuilder(status.getCode().name());
        if (status.getDescription() != null) {
            // gRPC writes the channel's pipeline on further lines.
            text.append(": ").append(status.getDescription().lines().findFirst().orElse(""));
        }
        // Of a refused certificate only the innermost cause tells anything.
        Throwable cause = status.getCause();
        if (cause != null) {
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            text.append(" (").append(cause.getMessage()).append(')');
        }
        return text.toString();
    }

    /** Called by gRPC's threads; must be quick. */
    interface Listener {

        void onEvent(WatchStream from, WatchEvent event);

        void onEnd(WatchStream from, String reason);
    }
}
