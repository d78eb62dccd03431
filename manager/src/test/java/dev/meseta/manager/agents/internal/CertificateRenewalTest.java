package dev.meseta.manager.agents.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.meseta.manager.audit.Audit.Outcome;
import dev.meseta.manager.certificates.CertificateAuthorities.Purpose;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.proto.v1.EnrolResponse;
import dev.meseta.proto.v1.EnrolmentServiceGrpc.EnrolmentServiceBlockingStub;
import dev.meseta.proto.v1.RenewRequest;
import dev.meseta.proto.v1.RenewResponse;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.UUID;
import javax.net.ssl.KeyManager;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who gets new certificates, over real TLS, from the outside. */
@Tag("unit")
class CertificateRenewalTest extends EnrolmentServerFixture {

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

    private static RenewRequest renewal(KeyPair keys) {
        return RenewRequest.newBuilder()
                .setAgentCsr(TestKeys.request(keys))
                .setMigrationCsr(TestKeys.request(TestKeys.p256()))
                .build();
    }
}
