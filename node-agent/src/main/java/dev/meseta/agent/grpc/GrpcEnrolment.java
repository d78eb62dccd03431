package dev.meseta.agent.grpc;

import com.google.protobuf.ByteString;
import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.identity.AgentCredentials;
import dev.meseta.agent.identity.Certificates;
import dev.meseta.agent.identity.Enrolment;
import dev.meseta.agent.identity.PeerTrustManager;
import dev.meseta.agent.identity.PinnedTrustManager;
import dev.meseta.agent.system.HostAndPort;
import dev.meseta.proto.v1.EnrolRequest;
import dev.meseta.proto.v1.EnrolResponse;
import dev.meseta.proto.v1.EnrolmentServiceGrpc;
import dev.meseta.proto.v1.RenewRequest;
import dev.meseta.proto.v1.RenewResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/** The manager's enrolment service over gRPC; a connection per call, for they are rare. */
public final class GrpcEnrolment implements Enrolment {

    private static final long PATIENCE_SECONDS = 20;

    private final Supplier<ManagedChannel> channels;

    private GrpcEnrolment(Supplier<ManagedChannel> channels) {
        this.channels = channels;
    }

    /** For joining: the manager is known by its authority's fingerprint. */
    public static GrpcEnrolment pinned(HostAndPort manager, String caFingerprint, Executor executor) {
        PinnedTrustManager trust = new PinnedTrustManager(caFingerprint);
        return new GrpcEnrolment(() -> Channels.open(manager.toString(), null, trust, executor));
    }

    /** For a host that has a certificate. */
    public static GrpcEnrolment authenticated(HostAndPort manager, AgentCredentials credentials, Executor executor) {
        return new GrpcEnrolment(() -> Channels.open(
                manager.toString(),
                credentials.keyManager(),
                PeerTrustManager.manager(credentials.controlAuthority()),
                executor));
    }

    @Override
    public Joined join(Application application) {
        EnrolRequest request = EnrolRequest.newBuilder()
                .setToken(application.token())
                .setAgentCsr(ByteString.copyFrom(application.requests().agent()))
                .setMigrationCsr(ByteString.copyFrom(application.requests().migration()))
                .setHostname(application.hostname())
                .setAgentAddress(application.agentAddress())
                .setMigrationAddress(application.migrationAddress())
                .setAgentVersion(application.agentVersion())
                .build();
        EnrolResponse response = call(stub -> stub.enrol(request));
        return new Joined(
                response.getHostId(),
                chain(response.getAgentCertificatesList()),
                chain(response.getMigrationCertificatesList()),
                certificate(response.getControlCa()),
                certificate(response.getMigrationCa()));
    }

    @Override
    public Renewed renew(Requests requests) {
        RenewRequest request = RenewRequest.newBuilder()
                .setAgentCsr(ByteString.copyFrom(requests.agent()))
                .setMigrationCsr(ByteString.copyFrom(requests.migration()))
                .build();
        RenewResponse response = call(stub -> stub.renew(request));
        return new Renewed(chain(response.getAgentCertificatesList()), chain(response.getMigrationCertificatesList()));
    }

    private <T> T call(Function<EnrolmentServiceGrpc.EnrolmentServiceBlockingStub, T> call) {
        ManagedChannel channel = channels.get();
        try {
            return call.apply(EnrolmentServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (StatusRuntimeException e) {
            throw failure(e);
        } finally {
            channel.shutdownNow();
        }
    }

    private static AgentException failure(StatusRuntimeException e) {
        if (e.getStatus().getCode() == Status.Code.UNAVAILABLE && causedBy(e, SSLException.class)) {
            return new AgentException(
                    AgentErrorCode.PEER_NOT_TRUSTED,
                    "The server is not a manager of the authority that the fingerprint names: "
                            + GrpcErrors.description(e),
                    e);
        }
        return new AgentException(
                AgentErrorCode.ENROLMENT_FAILED,
                "The manager answered " + GrpcErrors.reason(e) + ": " + GrpcErrors.description(e),
                e);
    }

    private static boolean causedBy(Throwable thrown, Class<? extends Throwable> type) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    private static List<X509Certificate> chain(List<ByteString> certificates) {
        List<X509Certificate> chain = new ArrayList<>();
        certificates.forEach(der -> chain.add(certificate(der)));
        if (chain.isEmpty()) {
            throw new AgentException(AgentErrorCode.ENROLMENT_FAILED, "The manager sent no certificate");
        }
        return chain;
    }

    private static X509Certificate certificate(ByteString der) {
        try {
            return Certificates.parse(der.toByteArray());
        } catch (CertificateException e) {
            throw new AgentException(
                    AgentErrorCode.ENROLMENT_FAILED, "The manager sent something that is no certificate", e);
        }
    }
}
