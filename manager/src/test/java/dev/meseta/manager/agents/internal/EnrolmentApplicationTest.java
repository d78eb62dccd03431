package dev.meseta.manager.agents.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meseta.manager.ManagerApplication;
import dev.meseta.manager.agents.HostEnrolment;
import dev.meseta.manager.certificates.CertificateAuthorities;
import dev.meseta.manager.certificates.CertificateAuthorities.Purpose;
import dev.meseta.manager.database.TestPostgres;
import dev.meseta.manager.identity.Actor;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.proto.v1.EnrolRequest;
import dev.meseta.proto.v1.EnrolResponse;
import dev.meseta.proto.v1.EnrolmentServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The whole manager: an agent joins, is stored, is watched, and is still known after a restart. */
@SuppressWarnings("try")
@Tag("integration")
class EnrolmentApplicationTest {

    private static final RequestContext ADMINISTRATOR = new RequestContext("admin", "c-1");

    @TempDir
    Path stateFolder;

    private final TestPostgres.Database database = TestPostgres.create();

    @Test
    void anAgentJoinsAndIsWatchedFromThenOn() throws Exception {
        KeyPair keys = TestKeys.p256();
        UUID hostId;
        FakeAgent agent;
        try (ConfigurableApplicationContext manager = start()) {
            CertificateAuthorities authorities = manager.getBean(CertificateAuthorities.class);
            var invitation =
                    Actor.asManager(() -> manager.getBean(HostEnrolment.class).invite("host-1", null, ADMINISTRATOR));
            URI url = URI.create(invitation.command().split(" ")[2]);
            // The agent's address is not known before it has a certificate: a first server holds the port.
            try (FakeAgent placeholder = new FakeAgent(authorities, TestKeys.credentials(authorities))) {
                EnrolRequest request = EnrolRequest.newBuilder()
                        .setToken(invitation.token())
                        .setAgentCsr(TestKeys.request(keys))
                        .setMigrationCsr(TestKeys.request(TestKeys.p256()))
                        .setHostname("node")
                        .setAgentAddress(placeholder.address())
                        .setMigrationAddress("127.0.0.1")
                        .build();
                EnrolResponse response = enrol(authorities, url, request);
                hostId = UUID.fromString(response.getHostId());
                placeholder.kill();
                X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(
                                response.getAgentCertificates(0).toByteArray()));
                agent = new FakeAgent(
                        authorities, TestKeys.credentials(certificate, keys.getPrivate()), placeholder.port());
                assertThatThrownBy(() -> enrol(authorities, url, request)).hasMessageContaining("PERMISSION_DENIED");
            }
            FakeAgent.Watch watch = agent.nextWatch();
            assertThat(watch.resumeToken()).isEmpty();
            assertThat(manager.getBean(Hosts.class).require(hostId).name()).isEqualTo("host-1");
            assertThat(watch.epoch()).isEqualTo(2);
            assertThat(manager.getBean(JdbcClient.class)
                            .sql("SELECT count(*) FROM issued_certificate WHERE host_id = ?")
                            .param(hostId)
                            .query(Long.class)
                            .single())
                    .isEqualTo(2);
        }
        try (agent;
                ConfigurableApplicationContext manager = start()) {
            assertThat(agent.nextWatch().epoch()).as("a life has ended").isEqualTo(3);
        }
    }

    private ConfigurableApplicationContext start() {
        return new SpringApplicationBuilder(ManagerApplication.class)
                .web(WebApplicationType.SERVLET)
                .run(
                        "--meseta.state-dir=" + stateFolder,
                        "--meseta.public-address=127.0.0.1",
                        "--meseta.grpc.listen=127.0.0.1:0",
                        "--server.port=0",
                        "--meseta.database.url=" + database.jdbcUrl(),
                        "--meseta.database.username=" + database.username(),
                        "--meseta.database.password=" + database.password());
    }

    private static EnrolResponse enrol(CertificateAuthorities authorities, URI url, EnrolRequest request) {
        ManagedChannel channel = NettyChannelBuilder.forTarget(
                        "dns:///" + url.getAuthority(),
                        TlsChannelCredentials.newBuilder()
                                .trustManager(Pkix.trusting(authorities.caCertificate(Purpose.CONTROL)))
                                .build())
                .build();
        try {
            return EnrolmentServiceGrpc.newBlockingStub(channel).enrol(request);
        } finally {
            channel.shutdownNow();
        }
    }
}
