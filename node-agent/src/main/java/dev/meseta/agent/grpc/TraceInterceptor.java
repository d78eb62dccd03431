package dev.meseta.agent.grpc;

import dev.meseta.agent.tracing.CallerTrace;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/** Keeps where the caller's trace goes on while its call is answered. */
final class TraceInterceptor implements ServerInterceptor {

    private static final Metadata.Key<String> TRACE_PARENT =
            Metadata.Key.of(CallerTrace.HEADER, Metadata.ASCII_STRING_MARSHALLER);

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        ServerCall.Listener<Q> listener = next.startCall(call, headers);
        String traceParent = headers.get(TRACE_PARENT);
        if (traceParent == null) {
            return listener;
        }
        return new SimpleForwardingServerCallListener<>(listener) {
            @Override
            public void onHalfClose() {
                // A unary call is answered when its whole request is there.
                CallerTrace.run(traceParent, super::onHalfClose);
            }
        };
    }
}
