package dev.meseta.manager.agents.internal;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.rpc.ErrorInfo;
import dev.meseta.manager.certificates.CertificateAuthorities.Purpose;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.proto.v1.EnrolRequest;
import dev.meseta.proto.v1.EnrolmentServiceGrpc;
import dev.meseta.proto.v1.EnrolmentServiceGrpc.EnrolmentServiceBlockingStub;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.SimpleTransactionStatus;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionOperations;

/** A server for enrolment and renewal over real TLS, and what a would-be host needs to talk to it. */
abstract class EnrolmentServerFixture {

    static final RequestContext ADMINISTRATOR = new RequestContext("admin", "c-1");
    static final UUID STRANGER = UUID.fromString("00000000-0000-7000-8000-0000000000ff");

    final AgentsFixture manager = new AgentsFixture(AgentsFixture.PATIENT);
    final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-22T12:00:00Z"));
    final FakeTokens tokens = new FakeTokens();
    final RecordingAudit audit = new RecordingAudit();
    final List<UUID> enrolled = new CopyOnWriteArrayList<>();
    final List<ManagedChannel> channels = new ArrayList<>();
    final HostCertificates certificates = new HostCertificates(manager.authorities, Duration.ofDays(30));
    final HostEnrolments enrolments = new HostEnrolments(
            tokens,
            certificates,
            manager.authorities,
            manager.hosts,
            new FakeClusters(),
            audit,
            new UndoingTokens(tokens),
            now::get,
            manager.ids,
            new SecureRandom(),
            manager.address,
            Duration.ofHours(1),
            enrolled::add);
    final EnrolmentServer server = new EnrolmentServer(
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
            manager.address,
            manager.credentials,
            new CallerInterceptor(audit, manager.ids),
            new EnrolmentService(enrolments, certificates));

    @BeforeEach
    void start() {
        server.start();
    }

    @AfterEach
    void stop() {
        channels.forEach(ManagedChannel::shutdownNow);
        server.stop();
        manager.close();
    }

    String token(String hostName) {
        return enrolments.invite(hostName, null, ADMINISTRATOR).token();
    }

    static EnrolRequest.Builder application(String token) {
        return EnrolRequest.newBuilder()
                .setToken(token)
                .setAgentCsr(TestKeys.request(TestKeys.p256()))
                .setMigrationCsr(TestKeys.request(TestKeys.p256()))
                .setHostname("node-1")
                .setAgentAddress("10.0.0.12:9444")
                .setMigrationAddress("10.0.1.12")
                .setAgentVersion("0.1.0");
    }

    EnrolmentServiceBlockingStub anonymous() {
        return stub(null);
    }

    EnrolmentServiceBlockingStub withCertificate(String... uris) {
        return stub(TestKeys.credentials(manager.authorities, uris));
    }

    synchronized EnrolmentServiceBlockingStub stub(@Nullable KeyManager identity) {
        TlsChannelCredentials.Builder tls = TlsChannelCredentials.newBuilder()
                .trustManager(Pkix.trusting(manager.authorities.caCertificate(Purpose.CONTROL)));
        if (identity != null) {
            tls.keyManager(identity);
        }
        ManagedChannel channel = NettyChannelBuilder.forTarget("dns:///" + manager.address.get(), tls.build())
                .build();
        channels.add(channel);
        return EnrolmentServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    static String refusal(Callable<?> call) {
        return reason(catchThrowableOfType(StatusRuntimeException.class, call::call));
    }

    static String reason(StatusRuntimeException refusal) {
        try {
            com.google.rpc.Status status = Objects.requireNonNull(StatusProto.fromThrowable(refusal));
            return status.getDetails(0).unpack(ErrorInfo.class).getReason();
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    static X509Certificate certificate(ByteString der) throws CertificateException {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(der.toByteArray()));
    }

    static List<String> alternativeNames(X509Certificate certificate) throws CertificateException {
        return certificate.getSubjectAlternativeNames().stream()
                .map(name -> String.valueOf(name.get(1)))
                .toList();
    }

    /** Takes token uses back when the work fails, as a rolled back transaction does. */
    private record UndoingTokens(FakeTokens tokens) implements TransactionOperations {
        @Override
        public <T extends @Nullable Object> T execute(TransactionCallback<T> action) throws TransactionException {
            synchronized (tokens) {
                List<EnrolmentTokens.NewToken> before = List.copyOf(tokens.used);
                try {
                    return action.doInTransaction(new SimpleTransactionStatus());
                } catch (RuntimeException e) {
                    tokens.used.retainAll(before);
                    throw e;
                }
            }
        }
    }
}
