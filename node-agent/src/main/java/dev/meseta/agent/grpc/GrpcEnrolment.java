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

    private static final System.Logger LOG = System.getLogger(GrpcEnrolment.class.getName());

    private static final long PATIENCE_SECONDS = 20;

    /** With one of several managers. */
    private static final long SHORT_PATIENCE_SECONDS = 8;

    private final List<Supplier<ManagedChannel>> channels;

    private GrpcEnrolment(List<Supplier<ManagedChannel>> channels) {
        this.channels = channels;
    }

    /** For joining: managers are known by their authority's fingerprint. */
    public static GrpcEnrolment pinned(List<HostAndPort> managers, String caFingerprint, Executor executor) {
        PinnedTrustManager trust = new PinnedTrustManager(caFingerprint);
        return new GrpcEnrolment(
                opening(managers, manager -> Channels.open(manager.toString(), null, trust, executor)));
    }

    /** For a host that has a certificate. */
    public static GrpcEnrolment authenticated(
            List<HostAndPort> managers, AgentCredentials credentials, Executor executor) {
        return new GrpcEnrolment(opening(
                managers,
                manager -> Channels.open(
                        manager.toString(),
                        credentials.keyManager(),
                        PeerTrustManager.manager(credentials.controlAuthority()),
                        executor)));
    }

    private static List<Supplier<ManagedChannel>> opening(
            List<HostAndPort> managers, Function<HostAndPort, ManagedChannel> open) {
        List<Supplier<ManagedChannel>> channels = new ArrayList<>();
        managers.forEach(manager -> channels.add(() -> open.apply(manager)));
        return channels;
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

    /** Asks one manager after the other until one has answered, whatever its answer. */
    private <T> T call(Function<EnrolmentServiceGrpc.EnrolmentServiceBlockingStub, T> call) {
        for (Supplier<ManagedChannel> other : channels.subList(0, channels.size() - 1)) {
            try {
                return call(other, SHORT_PATIENCE_SECONDS, call);
            } catch (StatusRuntimeException e) {
                if (e.getStatus().getCode() != Status.Code.UNAVAILABLE
                        && e.getStatus().getCode() != Status.Code.DEADLINE_EXCEEDED) {
                    throw failure(e);
                }
                LOG.log(
                        System.Logger.Level.INFO,
                        "A manager does not answer, the next one is asked: {0}",
                        e.getMessage());
            }
        }
        try {
            return call(channels.getLast(), PATIENCE_SECONDS, call);
        } catch (StatusRuntimeException e) {
            throw failure(e);
        }
    }

    private static <T> T call(
            Supplier<ManagedChannel> opening,
            long patienceSeconds,
            Function<EnrolmentServiceGrpc.EnrolmentServiceBlockingStub, T> call) {
        ManagedChannel channel = opening.get();
        try {
            return call.apply(
                    EnrolmentServiceGrpc.newBlockingStub(channel).withDeadlineAfter(patienceSeconds, TimeUnit.SECONDS));
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
