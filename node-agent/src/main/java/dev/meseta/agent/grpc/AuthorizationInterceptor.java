package dev.meseta.agent.grpc;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.identity.PeerIdentity;
import dev.meseta.proto.v1.Authorization;
import dev.meseta.proto.v1.Caller;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Lets a call pass when the caller's certificate has the role that the method declares in the contract. A method that
 * declares none is refused to everybody.
 */
final class AuthorizationInterceptor implements ServerInterceptor {

    private static final System.Logger LOG = System.getLogger(AuthorizationInterceptor.class.getName());
    private static final Context.Key<PeerIdentity> CALLER = Context.key("caller");

    /** Who calls; only inside of a call that passed. */
    static PeerIdentity caller() {
        PeerIdentity caller = CALLER.get();
        if (caller == null) {
            throw new AgentException(AgentErrorCode.UNAUTHENTICATED, "The call has no caller");
        }
        return caller;
    }

    /** The role that a method declares; CALLER_UNSPECIFIED when it declares none. */
    static Caller allowedCaller(MethodDescriptor<?, ?> method) {
        if (method.getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier supplier) {
            return supplier.getMethodDescriptor().getOptions().getExtension(Authorization.allowedCaller);
        }
        return Caller.CALLER_UNSPECIFIED;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Optional<PeerIdentity> caller = identify(call);
        if (caller.isEmpty()) {
            return refuse(call, AgentErrorCode.UNAUTHENTICATED, "A certificate of this installation is needed");
        }
        if (!mayCall(caller.get(), allowedCaller(call.getMethodDescriptor()))) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} {1} was refused {2}",
                    caller.get().role(),
                    caller.get().id(),
                    call.getMethodDescriptor().getFullMethodName());
            return refuse(
                    call,
                    AgentErrorCode.FORBIDDEN,
                    "A " + caller.get().role() + " certificate does not allow "
                            + call.getMethodDescriptor().getFullMethodName());
        }
        return Contexts.interceptCall(Context.current().withValue(CALLER, caller.get()), call, headers, next);
    }

    private static boolean mayCall(PeerIdentity caller, Caller allowed) {
        return switch (allowed) {
            case CALLER_MANAGER -> caller.role() == PeerIdentity.Role.MANAGER;
            case CALLER_AGENT -> caller.role() == PeerIdentity.Role.HOST;
            // Tokens are for managers to take; nobody at all may call what says nothing.
            case CALLER_TOKEN_HOLDER, CALLER_UNSPECIFIED, UNRECOGNIZED -> false;
        };
    }

    private static Optional<PeerIdentity> identify(ServerCall<?, ?> call) {
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        if (session == null) {
            return Optional.empty();
        }
        try {
            Certificate[] chain = session.getPeerCertificates();
            return chain.length > 0 && chain[0] instanceof X509Certificate leaf
                    ? PeerIdentity.of(leaf)
                    : Optional.empty();
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty();
        }
    }

    private static <Q, A> ServerCall.Listener<Q> refuse(ServerCall<Q, A> call, AgentErrorCode code, String detail) {
        StatusRuntimeException refusal = GrpcErrors.toCaller(new AgentException(code, detail));
        Metadata trailers = refusal.getTrailers();
        Status status = refusal.getStatus();
        call.close(status, trailers == null ? new Metadata() : trailers);
        return new ServerCall.Listener<>() {};
    }
}
