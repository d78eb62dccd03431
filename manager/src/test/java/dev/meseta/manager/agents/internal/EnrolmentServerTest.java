package dev.meseta.manager.agents.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.meseta.manager.agents.HostEnrolment.Invitation;
import dev.meseta.manager.audit.Audit.Outcome;
import dev.meseta.manager.certificates.CertificateAuthorities.Purpose;
import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.proto.v1.EnrolRequest;
import dev.meseta.proto.v1.EnrolResponse;
import dev.meseta.proto.v1.EnrolmentServiceGrpc.EnrolmentServiceBlockingStub;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Enrolment over real TLS, from the outside. */
@Tag("unit")
class EnrolmentServerTest extends EnrolmentServerFixture {

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
        assertThat(agent.getKeyUsage()).startsWith(true, false, false);
        assertThat(alternativeNames(agent)).contains("10.0.0.12");
        assertThat(certificate(response.getControlCa())).isEqualTo(manager.authorities.caCertificate(Purpose.CONTROL));
        agent.verify(certificate(response.getControlCa()).getPublicKey());

        X509Certificate migration = certificate(response.getMigrationCertificates(0));
        assertThat(migration.getPublicKey()).isEqualTo(migrationKeys.getPublic());
        assertThat(alternativeNames(migration)).containsExactly("10.0.1.12");
        // QEMU 10 refuses one that names digital signatures alone.
        assertThat(migration.getKeyUsage()).isNull();
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

    private void refused(EnrolRequest.Builder application, Status.Code status, ErrorCode code) {
        StatusRuntimeException refusal = catchThrowableOfType(
                StatusRuntimeException.class, () -> anonymous().enrol(application.build()));
        assertThat(refusal.getStatus().getCode()).isEqualTo(status);
        assertThat(reason(refusal)).isEqualTo(code.name());
    }

    private static boolean get(Future<Boolean> future) throws Exception {
        try {
            return future.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
    }
}
