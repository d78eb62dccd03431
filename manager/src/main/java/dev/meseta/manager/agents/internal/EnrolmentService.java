package dev.meseta.manager.agents.internal;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.meseta.manager.agents.internal.HostCertificates.Issued;
import dev.meseta.manager.certificates.CertificateAuthorities.Purpose;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.proto.v1.EnrolRequest;
import dev.meseta.proto.v1.EnrolResponse;
import dev.meseta.proto.v1.EnrolmentServiceGrpc;
import dev.meseta.proto.v1.RenewRequest;
import dev.meseta.proto.v1.RenewResponse;
import io.grpc.stub.StreamObserver;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Enrolment on the wire: decode, do, encode. */
final class EnrolmentService extends EnrolmentServiceGrpc.EnrolmentServiceImplBase {

    private static final Logger LOG = LoggerFactory.getLogger(EnrolmentService.class);

    private final HostEnrolments enrolments;
    private final HostCertificates certificates;

    EnrolmentService(HostEnrolments enrolments, HostCertificates certificates) {
        this.enrolments = enrolments;
        this.certificates = certificates;
    }

    @Override
    public void enrol(EnrolRequest request, StreamObserver<EnrolResponse> answer) {
        answer(answer, () -> {
            var enrolled = enrolments.enrol(
                    new HostEnrolments.Application(
                            request.getToken(),
                            request.getAgentCsr(),
                            request.getMigrationCsr(),
                            request.getHostname(),
                            request.getAgentAddress(),
                            request.getMigrationAddress(),
                            request.getAgentVersion()),
                    CallerInterceptor.remoteAddress());
            Issued issued = enrolled.certificates();
            return EnrolResponse.newBuilder()
                    .setHostId(enrolled.hostId().toString())
                    .addAgentCertificates(der(issued.agent()))
                    .addMigrationCertificates(der(issued.migration()))
                    .setControlCa(der(certificates.authority(Purpose.CONTROL)))
                    .setMigrationCa(der(certificates.authority(Purpose.MIGRATION)))
                    .build();
        });
    }

    @Override
    public void renew(RenewRequest request, StreamObserver<RenewResponse> answer) {
        answer(answer, () -> {
            Issued issued = enrolments.renew(
                    CallerInterceptor.callingHost(),
                    request.getAgentCsr(),
                    request.getMigrationCsr(),
                    CallerInterceptor.remoteAddress());
            Instant notAfter = issued.agent().getNotAfter().toInstant();
            return RenewResponse.newBuilder()
                    .addAgentCertificates(der(issued.agent()))
                    .addMigrationCertificates(der(issued.migration()))
                    .setNotAfter(Timestamp.newBuilder().setSeconds(notAfter.getEpochSecond()))
                    .build();
        });
    }

    private static <T> void answer(StreamObserver<T> observer, Supplier<T> work) {
        T result;
        try {
            result = work.get();
        } catch (MesetaException refused) {
            observer.onError(AgentErrors.toCaller(refused));
            return;
        } catch (RuntimeException unexpected) {
            LOG.error("An agent's enrolment call failed", unexpected);
            observer.onError(AgentErrors.toCaller(
                    new MesetaException(ErrorCode.INTERNAL, "The manager failed; its log says why. Try again later.")));
            return;
        }
        observer.onNext(result);
        observer.onCompleted();
    }

    private static ByteString der(X509Certificate certificate) {
        try {
            return ByteString.copyFrom(certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("A certificate of our own cannot be encoded", e);
        }
    }
}
