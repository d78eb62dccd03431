package dev.meseta.manager.agents.internal;

import dev.meseta.manager.agents.internal.CertificateIdentity.Role;
import dev.meseta.manager.audit.Audit;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.UuidGenerator;
import dev.meseta.proto.v1.Authorization;
import dev.meseta.proto.v1.Caller;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Lets a call through only when the method's option {@code meseta.v1.allowed_caller} names the role that the caller's
 * certificate proves. A method without the option is refused. A caller with a certificate may not use a method meant for
 * those who have none.
 */
final class CallerInterceptor implements ServerInterceptor {

    /** Who calls; null for a token holder. */
    static final Context.Key<CertificateIdentity> CALLER = Context.key("meseta-caller");

    /** Where the call comes from, for the audit log. */
    static final Context.Key<String> REMOTE_ADDRESS = Context.key("meseta-remote-address");

    private final Audit audit;
    private final UuidGenerator ids;

    CallerInterceptor(Audit audit, UuidGenerator ids) {
        this.audit = audit;
        this.ids = ids;
    }

    /** The role that may call a method; CALLER_UNSPECIFIED when the method does not say. */
    static Caller allowedCaller(MethodDescriptor<?, ?> method) {
        return method.getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier proto
                ? proto.getMethodDescriptor().getOptions().getExtension(Authorization.allowedCaller)
                : Caller.CALLER_UNSPECIFIED;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Optional<X509Certificate> certificate = clientCertificate(call.getAttributes());
        Optional<CertificateIdentity> identity = certificate.flatMap(CertificateIdentity::of);
        boolean allowed = switch (allowedCaller(call.getMethodDescriptor())) {
            case CALLER_TOKEN_HOLDER -> certificate.isEmpty();
            case CALLER_AGENT -> identity.filter(who -> who.role() == Role.HOST).isPresent();
            case CALLER_MANAGER ->
                identity.filter(who -> who.role() == Role.MANAGER).isPresent();
            case CALLER_UNSPECIFIED, UNRECOGNIZED -> false;
        };
        if (!allowed) {
            return refuse(call, certificate.isPresent(), identity);
        }
        Context context = Context.current().withValue(REMOTE_ADDRESS, remoteAddress(call.getAttributes()));
        if (identity.isPresent()) {
            context = context.withValue(CALLER, identity.get());
        }
        return Contexts.interceptCall(context, call, headers, next);
    }

    private <Q, A> ServerCall.Listener<Q> refuse(
            ServerCall<Q, A> call, boolean certified, Optional<CertificateIdentity> identity) {
        String method = call.getMethodDescriptor().getFullMethodName();
        MesetaException problem = certified
                ? new MesetaException(ErrorCode.FORBIDDEN, "This certificate may not call " + method + ".")
                : new MesetaException(ErrorCode.UNAUTHENTICATED, method + " needs a client certificate.");
        audit.record(new Audit.Entry(
                identity.map(CertificateIdentity::uri).orElse("unknown"),
                remoteAddress(call.getAttributes()),
                "grpc." + method,
                "host",
                "",
                Audit.Outcome.REFUSED,
                problem.code().name(),
                ids.next().toString(),
                Map.of()));
        StatusRuntimeException refusal = AgentErrors.toCaller(problem);
        Metadata trailers = refusal.getTrailers();
        call.close(refusal.getStatus(), trailers == null ? new Metadata() : trailers);
        return new ServerCall.Listener<>() {};
    }

    /** The id of the calling host; only inside a method that agents may call. */
    static UUID callingHost() {
        CertificateIdentity caller = CALLER.get();
        if (caller == null || caller.role() != Role.HOST) {
            throw new IllegalStateException("No host is calling");
        }
        return caller.id();
    }

    static String remoteAddress() {
        @Nullable String address = REMOTE_ADDRESS.get();
        return address == null ? "" : address;
    }

    private static Optional<X509Certificate> clientCertificate(Attributes attributes) {
        SSLSession session = attributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        if (session == null) {
            return Optional.empty();
        }
        try {
            Certificate[] chain = session.getPeerCertificates();
            return chain.length > 0 && chain[0] instanceof X509Certificate leaf ? Optional.of(leaf) : Optional.empty();
        } catch (SSLPeerUnverifiedException noCertificate) {
            return Optional.empty();
        }
    }

    private static String remoteAddress(Attributes attributes) {
        SocketAddress address = attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        return address instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress().getHostAddress()
                : "";
    }
}
