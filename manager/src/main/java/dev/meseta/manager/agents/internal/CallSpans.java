package dev.meseta.manager.agents.internal;

import dev.meseta.manager.shared.tracing.Span;
import dev.meseta.manager.shared.tracing.SpanStart;
import dev.meseta.manager.shared.tracing.TraceParent;
import dev.meseta.manager.shared.tracing.Tracing;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.UUID;

/** A span for every call to an agent that belongs to something traced; the agent is told where the trace goes on. */
final class CallSpans implements ClientInterceptor {

    private static final Metadata.Key<String> TRACE_PARENT =
            Metadata.Key.of(TraceParent.HEADER, Metadata.ASCII_STRING_MARSHALLER);

    private final Tracing tracing;
    private final UUID hostId;

    CallSpans(Tracing tracing, UUID hostId) {
        this.tracing = tracing;
        this.hostId = hostId;
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        ClientCall<Q, A> call = next.newCall(method, options);
        // A stream lasts as long as its host is watched, and belongs to nothing that anybody asked for.
        boolean traced = tracing.isOn() && method.getType() == MethodDescriptor.MethodType.UNARY;
        return traced ? new TracedCall<>(call, method.getFullMethodName()) : call;
    }

    private final class TracedCall<Q, A> extends SimpleForwardingClientCall<Q, A> {

        private final String method;

        private TracedCall(ClientCall<Q, A> call, String method) {
            super(call);
            this.method = method;
        }

        @Override
        public void start(Listener<A> listener, Metadata headers) {
            Span span = tracing.begin(SpanStart.within(method, SpanStart.Role.CLIENT))
                    .with("rpc.system", "grpc")
                    .with("meseta.host.id", hostId.toString());
            span.here().ifPresent(here -> headers.put(TRACE_PARENT, here.header()));
            super.start(new EndingListener<>(listener, span), headers);
        }
    }

    private static final class EndingListener<A> extends SimpleForwardingClientCallListener<A> {

        private final Span span;

        private EndingListener(ClientCall.Listener<A> listener, Span span) {
            super(listener);
            this.span = span;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            if (!status.isOk()) {
                span.failed(status.getCode().name());
            }
            span.close();
            super.onClose(status, trailers);
        }
    }
}
