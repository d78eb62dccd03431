package dev.meseta.manager.agents.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.rpc.ErrorInfo;
import dev.meseta.manager.agents.HostEnrolment.Invitation;
import dev.meseta.manager.agents.HostEnrolment.InvitationPlan;
import dev.meseta.manager.audit.Audit.Outcome;
import dev.meseta.manager.certificates.CertificateAuthorities.Purpose;
import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.proto.v1.EnrolRequest;
import dev.meseta.proto.v1.EnrolResponse;
import dev.meseta.proto.v1.EnrolmentServiceGrpc;
import dev.meseta.proto.v1.EnrolmentServiceGrpc.EnrolmentServiceBlockingStub;
import dev.meseta.proto.v1.RenewRequest;
import dev.meseta.proto.v1.RenewResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
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
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.SimpleTransactionStatus;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionOperations;

/** Enrolment over real TLS, from the outside. */
@Tag("unit")
class EnrolmentServerTest {

    private static final RequestContext ADMINISTRATOR = new RequestContext("admin", "c-1");
    private static final UUID STRANGER = UUID.fromString("00000000-0000-7000-8000-0000000000ff");

    private final AgentsFixture manager = new AgentsFixture(AgentsFixture.PATIENT);
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-22T12:00:00Z"));
    private final FakeTokens tokens = new FakeTokens();
    private final RecordingAudit audit = new RecordingAudit();
    private final List<UUID> enrolled = new CopyOnWriteArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final HostCertificates certificates = new HostCertificates(manager.authorities, Duration.ofDays(30));
    private final HostEnrolments enrolments = new HostEnrolments(
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
    private final EnrolmentServer server = new EnrolmentServer(
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

    @Test
    void makesAHostOfWhoeverHoldsAGoodToken() throws Exception {
        Invitation invitation = enrolments.invite("host-1", null, ADMINISTRATOR);
        assertThat(invitation.command())
                .isEqualTo("meseta-agent join https://127.0.0.1:%d --token %s --ca-fingerprint %s"
                        .formatted(
                                manager.address.get().port(),
                                invitation.token(),
                                manager.authorities.fingerprint(Purpose.CONTROL)));
        assertThat(invitation.expiresAt()).isEqualTo(now.get().plus(Duration.ofHours(1)));
        assertThat(invitation.toString()).doesNotContain(invitation.token());
        assertThat(tokens.tokens.toString()).doesNotContain(invitation.token());

        KeyPair agentKeys = TestKeys.p256();
        KeyPair migrationKeys = TestKeys.p256();
        EnrolResponse response = anonymous()
                .enrol(application(invitation.token())
                        .setAgentCsr(TestKeys.request(agentKeys))
                        .setMigrationCsr(TestKeys.request(migrationKeys))
                        .build());

        UUID hostId = UUID.fromString(response.getHostId());
        Host host = manager.hosts.require(hostId);
        assertThat(host.name()).isEqualTo("host-1");
        assertThat(host.clusterId()).isEqualTo(FakeClusters.CLUSTER.id());
        assertThat(host.agentAddress()).isEqualTo("10.0.0.12:9444");
        assertThat(host.migrationAddress()).isEqualTo("10.0.1.12");
        assertThat(enrolled).containsExactly(hostId);

        X509Certificate agent = certificate(response.getAgentCertificates(0));
        assertThat(agent.getPublicKey()).isEqualTo(agentKeys.getPublic());
        assertThat(CertificateIdentity.of(agent)).contains(CertificateIdentity.host(hostId));
        assertThat(agent.getSubjectX500Principal().getName())
                .contains("urn:meseta:host:" + hostId)
                .doesNotContain("whoever");
        assertThat(agent.getExtendedKeyUsage()).containsExactlyInAnyOrder("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
        assertThat(alternativeNames(agent)).contains("10.0.0.12");
        assertThat(certificate(response.getControlCa())).isEqualTo(manager.authorities.caCertificate(Purpose.CONTROL));
        agent.verify(certificate(response.getControlCa()).getPublicKey());

        X509Certificate migration = certificate(response.getMigrationCertificates(0));
        assertThat(migration.getPublicKey()).isEqualTo(migrationKeys.getPublic());
        assertThat(alternativeNames(migration)).containsExactly("10.0.1.12");
        migration.verify(certificate(response.getMigrationCa()).getPublicKey());
        assertThat(response.getMigrationCa()).isNotEqualTo(response.getControlCa());

        assertThat(audit.entries)
                .extracting(entry -> entry.action() + " " + entry.outcome() + " " + entry.principal())
                .containsExactly("host.invite SUCCESS admin", "host.enrol SUCCESS admin");
        assertThat(audit.last().remoteAddress()).isEqualTo("127.0.0.1");
        assertThat(audit.entries.toString()).doesNotContain(invitation.token());
    }

    @Test
    void aDnsNameGoesIntoTheCertificateAsSuch() throws Exception {
        EnrolResponse response = anonymous()
                .enrol(application(token("host-1"))
                        .setAgentAddress("node-1.example.org:9444")
                        .build());

        assertThat(alternativeNames(certificate(response.getAgentCertificates(0))))
                .contains("node-1.example.org");
    }

    @Test
    void aTokenIsGoodOnce() {
        String token = token("host-1");
        assertThat(anonymous().enrol(application(token).build()).getHostId()).isNotEmpty();

        refused(application(token), Status.Code.PERMISSION_DENIED, ErrorCode.ENROLMENT_TOKEN_INVALID);
        assertThat(manager.hosts.all()).hasSize(1);
        assertThat(audit.last().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(audit.last().code()).isEqualTo("ENROLMENT_TOKEN_INVALID");
    }

    @Test
    void ofTwoAtOnceExactlyOneGetsIn() throws Exception {
        String token = token("host-1");
        CyclicBarrier together = new CyclicBarrier(2);
        Callable<Boolean> attempt = () -> {
            EnrolmentServiceBlockingStub stub = anonymous();
            EnrolRequest request = application(token).build();
            together.await(10, TimeUnit.SECONDS);
            try {
                return !stub.enrol(request).getHostId().isEmpty();
            } catch (StatusRuntimeException refused) {
                return false;
            }
        };
        try (var threads = Executors.newFixedThreadPool(2)) {
            Future<Boolean> first = threads.submit(attempt);
            Future<Boolean> second = threads.submit(attempt);
            assertThat(List.of(get(first), get(second))).containsExactlyInAnyOrder(true, false);
        }
        assertThat(manager.hosts.all()).hasSize(1);
    }

    @Test
    void unknownEmptyAndExpiredTokensAreRefusedAlike() {
        String token = token("host-1");
        refused(application("unknown"), Status.Code.PERMISSION_DENIED, ErrorCode.ENROLMENT_TOKEN_INVALID);
        refused(application(""), Status.Code.PERMISSION_DENIED, ErrorCode.ENROLMENT_TOKEN_INVALID);
        now.updateAndGet(before -> before.plus(Duration.ofHours(1)));
        refused(application(token), Status.Code.PERMISSION_DENIED, ErrorCode.ENROLMENT_TOKEN_INVALID);

        assertThat(manager.hosts.all()).isEmpty();
        assertThat(enrolled).isEmpty();
    }

    @Test
    void badCertificateRequestsAreRefusedAndTheTokenStaysGood() throws GeneralSecurityException {
        String token = token("host-1");
        KeyPair honest = TestKeys.p256();
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(2048);
        KeyPair rsaKeys = rsa.generateKeyPair();
        KeyPair otherCurve = TestKeys.ec("secp384r1");
        ByteString good = TestKeys.request(honest);
        List<ByteString> bad = List.of(
                ByteString.EMPTY,
                ByteString.copyFromUtf8("no request at all"),
                ByteString.copyFrom(new byte[] {0x30, (byte) 0x84, 0x7f, 0x7f, 0x7f, 0x7f}),
                ByteString.copyFrom(new byte[] {0x30, 0x00}),
                good.substring(0, good.size() - 10),
                good.concat(ByteString.copyFrom(new byte[8192])),
                TestKeys.request(honest, TestKeys.p256().getPrivate(), "CN=x"),
                TestKeys.request(rsaKeys),
                TestKeys.request(otherCurve));

        for (ByteString request : bad) {
            refused(application(token).setAgentCsr(request), Status.Code.INVALID_ARGUMENT, ErrorCode.VALIDATION_FAILED);
            refused(
                    application(token).setMigrationCsr(request),
                    Status.Code.INVALID_ARGUMENT,
                    ErrorCode.VALIDATION_FAILED);
        }
        assertThat(anonymous().enrol(application(token).build()).getHostId()).isNotEmpty();
    }

    @Test
    void badAddressesAreRefused() {
        String token = token("host-1");
        for (String address : List.of("", "10.0.0.1", "10.0.0.1:0", "10.0.0.1:99999", "a b:1", "x\n:1", "10.1:9444")) {
            refused(
                    application(token).setAgentAddress(address),
                    Status.Code.INVALID_ARGUMENT,
                    ErrorCode.VALIDATION_FAILED);
        }
        for (String address : List.of("", "host.example.org", "10.0.0.1:1", "10.0.0.256")) {
            refused(
                    application(token).setMigrationAddress(address),
                    Status.Code.INVALID_ARGUMENT,
                    ErrorCode.VALIDATION_FAILED);
        }
    }

    @Test
    void aNameThatWasTakenMeanwhileIsRefused() {
        String first = token("host-1");
        String second = token("host-1");
        UUID hostId =
                UUID.fromString(anonymous().enrol(application(first).build()).getHostId());
        refused(
                application(second).setAgentAddress("10.0.0.13:9444"),
                Status.Code.ALREADY_EXISTS,
                ErrorCode.NAME_TAKEN);
        refused(application(second).setMigrationAddress("10.0.1.13"), Status.Code.ALREADY_EXISTS, ErrorCode.NAME_TAKEN);
        manager.hosts.reported(hostId);
        refused(application(second), Status.Code.ALREADY_EXISTS, ErrorCode.NAME_TAKEN);
    }

    @Test
    void aHostWhoseFirstAnswerWasLostJoinsAgainAsTheSameHost() throws Exception {
        String first = anonymous().enrol(application(token("host-1")).build()).getHostId();
        KeyPair keys = TestKeys.p256();
        EnrolResponse again = anonymous()
                .enrol(application(token("host-1"))
                        .setAgentCsr(TestKeys.request(keys))
                        .build());

        assertThat(again.getHostId()).isEqualTo(first);
        assertThat(certificate(again.getAgentCertificates(0)).getPublicKey()).isEqualTo(keys.getPublic());
        assertThat(manager.hosts.all()).hasSize(1);
    }

    @Test
    void nobodyWithACertificateUsesAToken() {
        String token = token("host-1");
        for (String uri : List.of(
                CertificateIdentity.host(STRANGER).uri(),
                CertificateIdentity.manager(STRANGER).uri())) {
            assertThatThrownBy(
                            () -> withCertificate(uri).enrol(application(token).build()))
                    .hasMessageStartingWith("PERMISSION_DENIED");
        }
        assertThat(tokens.used).isEmpty();
        assertThat(audit.last().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(audit.last().principal())
                .isEqualTo(CertificateIdentity.manager(STRANGER).uri());
        assertThat(audit.last().action()).isEqualTo("grpc.meseta.v1.EnrolmentService/Enrol");
    }

    @Test
    void onlyAgentsRenew() {
        RenewRequest request = renewal(TestKeys.p256());
        assertThatThrownBy(() -> anonymous().renew(request)).hasMessageStartingWith("UNAUTHENTICATED");
        assertThatThrownBy(() -> withCertificate(
                                CertificateIdentity.manager(STRANGER).uri())
                        .renew(request))
                .hasMessageStartingWith("PERMISSION_DENIED");
        assertThatThrownBy(() -> withCertificate("urn:meseta:host:1-1-1-1-1").renew(request))
                .hasMessageStartingWith("PERMISSION_DENIED");
        assertThatThrownBy(() -> withCertificate(
                                CertificateIdentity.host(STRANGER).uri(),
                                CertificateIdentity.host(UUID.randomUUID()).uri())
                        .renew(request))
                .hasMessageStartingWith("PERMISSION_DENIED");
    }

    @Test
    void certificatesOfTheMigrationAuthorityOrAStrangersAreWorthNothingHere() throws Exception {
        KeyPair migrationKeys = TestKeys.p256();
        EnrolResponse response = anonymous()
                .enrol(application(token("host-1"))
                        .setMigrationCsr(TestKeys.request(migrationKeys))
                        .build());
        KeyManager migration =
                TestKeys.credentials(certificate(response.getMigrationCertificates(0)), migrationKeys.getPrivate());
        assertThatThrownBy(() -> stub(migration).renew(renewal(TestKeys.p256())))
                .hasMessageStartingWith("UNAVAILABLE");

        try (AgentsFixture elsewhere = new AgentsFixture(AgentsFixture.PATIENT)) {
            KeyManager foreign = TestKeys.credentials(
                    elsewhere.authorities,
                    CertificateIdentity.host(UUID.fromString(response.getHostId()))
                            .uri());
            assertThatThrownBy(() -> stub(foreign).renew(renewal(TestKeys.p256())))
                    .hasMessageStartingWith("UNAVAILABLE");
        }
    }

    @Test
    void aHostRenewsForItselfUntilItIsRemoved() throws Exception {
        KeyPair keys = TestKeys.p256();
        EnrolResponse response = anonymous()
                .enrol(application(token("host-1"))
                        .setAgentCsr(TestKeys.request(keys))
                        .build());
        UUID hostId = UUID.fromString(response.getHostId());
        EnrolmentServiceBlockingStub agent =
                stub(TestKeys.credentials(certificate(response.getAgentCertificates(0)), keys.getPrivate()));
        KeyPair fresh = TestKeys.p256();

        RenewResponse renewed = agent.renew(renewal(fresh));
        X509Certificate certificate = certificate(renewed.getAgentCertificates(0));
        assertThat(CertificateIdentity.of(certificate)).contains(CertificateIdentity.host(hostId));
        assertThat(certificate.getPublicKey()).isEqualTo(fresh.getPublic());
        assertThat(renewed.getNotAfter().getSeconds())
                .isEqualTo(certificate.getNotAfter().toInstant().getEpochSecond());
        assertThat(alternativeNames(certificate(renewed.getMigrationCertificates(0))))
                .containsExactly("10.0.1.12");
        assertThat(audit.last().action()).isEqualTo("host.renew");

        assertThat(refusal(() -> agent.renew(RenewRequest.newBuilder()
                        .setAgentCsr(ByteString.copyFromUtf8("garbage"))
                        .build())))
                .isEqualTo(ErrorCode.VALIDATION_FAILED.name());

        manager.hosts.remove(hostId);
        assertThat(refusal(() -> agent.renew(renewal(TestKeys.p256())))).isEqualTo(ErrorCode.FORBIDDEN.name());
        assertThat(audit.last().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(audit.last().principal())
                .isEqualTo(CertificateIdentity.host(hostId).uri());
    }

    @Test
    void theServersChainEndsInTheAuthorityWithTheFingerprint() throws Exception {
        X509Certificate[] chain = ((javax.net.ssl.X509KeyManager) manager.credentials.keyManager())
                .getCertificateChain(((javax.net.ssl.X509KeyManager) manager.credentials.keyManager())
                        .getServerAliases("EC", null)[0]);

        assertThat(CertificateIdentity.of(chain[0])).contains(CertificateIdentity.manager(manager.manager.id()));
        assertThat(chain[1]).isEqualTo(manager.authorities.caCertificate(Purpose.CONTROL));
    }

    @Test
    void invitationsWithBadNamesOrForTakenOnesAreRefused() {
        for (String name : List.of("", "-x", "a b", "a\nb", "<b>", "x".repeat(64), "ä")) {
            assertThat(code(() -> enrolments.invite(name, null, ADMINISTRATOR))).isEqualTo(ErrorCode.VALIDATION_FAILED);
        }
        assertThat(code(() -> enrolments.invite("host-1", STRANGER, ADMINISTRATOR)))
                .isEqualTo(ErrorCode.NOT_FOUND);
        manager.hosts.reported(UUID.fromString(
                anonymous().enrol(application(token("host-1")).build()).getHostId()));
        assertThat(code(() -> enrolments.invite("host-1", null, ADMINISTRATOR))).isEqualTo(ErrorCode.NAME_TAKEN);
    }

    @Test
    void aPlanRefusesWhatAnInvitationWouldAndMakesNoToken() {
        var plan = enrolments.plan("host-1", null);

        assertThat(plan)
                .isEqualTo(new InvitationPlan(
                        "host-1", FakeClusters.CLUSTER.id(), now.get().plus(Duration.ofHours(1))));
        assertThat(code(() -> enrolments.plan("a b", null))).isEqualTo(ErrorCode.VALIDATION_FAILED);
        assertThat(code(() -> enrolments.plan("host-1", STRANGER))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(tokens.tokens).isEmpty();
        assertThat(audit.entries).isEmpty();
    }

    private String token(String hostName) {
        return enrolments.invite(hostName, null, ADMINISTRATOR).token();
    }

    private static EnrolRequest.Builder application(String token) {
        return EnrolRequest.newBuilder()
                .setToken(token)
                .setAgentCsr(TestKeys.request(TestKeys.p256()))
                .setMigrationCsr(TestKeys.request(TestKeys.p256()))
                .setHostname("node-1")
                .setAgentAddress("10.0.0.12:9444")
                .setMigrationAddress("10.0.1.12")
                .setAgentVersion("0.1.0");
    }

    private static RenewRequest renewal(KeyPair keys) {
        return RenewRequest.newBuilder()
                .setAgentCsr(TestKeys.request(keys))
                .setMigrationCsr(TestKeys.request(TestKeys.p256()))
                .build();
    }

    private EnrolmentServiceBlockingStub anonymous() {
        return stub(null);
    }

    private EnrolmentServiceBlockingStub withCertificate(String... uris) {
        return stub(TestKeys.credentials(manager.authorities, uris));
    }

    private synchronized EnrolmentServiceBlockingStub stub(@Nullable KeyManager identity) {
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

    private void refused(EnrolRequest.Builder application, Status.Code status, ErrorCode code) {
        StatusRuntimeException refusal = catchThrowableOfType(
                StatusRuntimeException.class, () -> anonymous().enrol(application.build()));
        assertThat(refusal.getStatus().getCode()).isEqualTo(status);
        assertThat(reason(refusal)).isEqualTo(code.name());
    }

    private static String refusal(Callable<?> call) {
        return reason(catchThrowableOfType(StatusRuntimeException.class, call::call));
    }

    private static String reason(StatusRuntimeException refusal) {
        try {
            com.google.rpc.Status status = Objects.requireNonNull(StatusProto.fromThrowable(refusal));
            return status.getDetails(0).unpack(ErrorInfo.class).getReason();
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static ErrorCode code(Callable<?> call) {
        return catchThrowableOfType(MesetaException.class, call::call).code();
    }

    private static boolean get(Future<Boolean> future) throws Exception {
        try {
            return future.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private static X509Certificate certificate(ByteString der) throws CertificateException {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(der.toByteArray()));
    }

    private static List<String> alternativeNames(X509Certificate certificate) throws CertificateException {
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
