package dev.meseta.agent.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.grpc.GrpcEnrolment;
import dev.meseta.agent.system.FileOwner;
import dev.meseta.agent.system.HostAndPort;
import dev.meseta.agent.testing.TestAuthority;
import dev.meseta.proto.v1.EnrolRequest;
import dev.meseta.proto.v1.EnrolResponse;
import dev.meseta.proto.v1.EnrolmentServiceGrpc;
import dev.meseta.proto.v1.RenewRequest;
import dev.meseta.proto.v1.RenewResponse;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.grpc.util.AdvancedTlsX509KeyManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Joining and renewing against a manager's enrolment service as the contract has it. */
@Tag("unit")
class EnrolmentOverTlsTest {

    private static final String TOKEN = "canary-token-1f9c";

    @TempDir
    private Path directory;

    private final Instant now = Instant.now();
    private final TestAuthority control = new TestAuthority("control", now);
    private final TestAuthority migration = new TestAuthority("migration", now);
    private final String hostId = UUID.randomUUID().toString();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final CountDownLatch renewed = new CountDownLatch(1);
    private final AtomicReference<Instant> validUntil = new AtomicReference<>(now.plus(Duration.ofDays(1)));
    private @Nullable Server server;

    @AfterEach
    void tearDown() {
        if (server != null) {
            server.shutdownNow();
        }
        scheduler.shutdownNow();
        executor.shutdownNow();
    }

    private HostAndPort serve(KeyAndChain identity) throws IOException {
        AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
        keys.updateIdentityCredentials(identity.chain().toArray(X509Certificate[]::new), identity.key());
        Server started = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        TlsServerCredentials.newBuilder()
                                .keyManager(keys)
                                .trustManager(Certificates.trusting(control.certificate()))
                                .clientAuth(TlsServerCredentials.ClientAuth.OPTIONAL)
                                .build())
                .addService(new Manager())
                .build()
                .start();
        server = started;
        return new HostAndPort("127.0.0.1", started.getPort());
    }

    private String join(HostAndPort manager, String fingerprint, String token) {
        return new Joining(new IdentityFiles(directory), GrpcEnrolment.pinned(List.of(manager), fingerprint, executor))
                .join(new Joining.Request(token, fingerprint, "h1", "10.0.0.1:9443", "10.0.0.1", "test"));
    }

    private String fingerprint() {
        return Certificates.fingerprint(control.certificate());
    }

    private static void failsWith(AgentErrorCode code, Runnable work) {
        assertThatThrownBy(work::run)
                .isInstanceOfSatisfying(
                        AgentException.class,
                        e -> assertThat(e.code()).as(e.detail()).isEqualTo(code));
    }

    @Test
    void joinsAndKeepsTheKeysToItself() throws IOException {
        HostAndPort manager = serve(control.manager(UUID.randomUUID().toString()));
        String withColons = fingerprint().toUpperCase(Locale.ROOT).replaceAll("(..)(?!$)", "$1:");
        assertThat(join(manager, withColons, TOKEN)).isEqualTo(hostId);
        IdentityFiles.Stored stored = new IdentityFiles(directory).load();
        assertThat(PeerIdentity.of(stored.agent().leaf())).contains(new PeerIdentity(PeerIdentity.Role.HOST, hostId));
        assertThat(stored.migrationAuthority()).isEqualTo(migration.certificate());
        try (var files = Files.list(directory.resolve("identity"))) {
            for (Path file : files.toList()) {
                assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
            }
        }

        Path pki = directory.resolve("pki");
        new EmulatorCertificates(pki, FileOwner.unchanged()).write(stored.migration(), stored.migrationAuthority());
        assertThat(pki)
                .isDirectoryContaining("glob:**/ca-cert.pem")
                .isDirectoryContaining("glob:**/server-cert.pem")
                .isDirectoryContaining("glob:**/server-key.pem")
                .isDirectoryContaining("glob:**/client-cert.pem")
                .isDirectoryContaining("glob:**/client-key.pem");
        assertThat(Files.getPosixFilePermissions(pki.resolve("client-key.pem")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void whoeverOfTheManagersAnswersIsGood() throws IOException {
        HostAndPort manager = serve(control.manager(UUID.randomUUID().toString()));
        HostAndPort nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = new HostAndPort("127.0.0.1", socket.getLocalPort());
        }
        Joining joining = new Joining(
                new IdentityFiles(directory), GrpcEnrolment.pinned(List.of(nobody, manager), fingerprint(), executor));
        assertThat(joining.join(new Joining.Request(TOKEN, fingerprint(), "h1", "10.0.0.1:9443", "10.0.0.1", "test")))
                .isEqualTo(hostId);
    }

    @Test
    void aWrongTokenIsRefusedAndNothingIsStored() throws IOException {
        HostAndPort manager = serve(control.manager(UUID.randomUUID().toString()));
        failsWith(AgentErrorCode.ENROLMENT_FAILED, () -> join(manager, fingerprint(), "wrong"));
        assertThat(new IdentityFiles(directory).present()).isFalse();
    }

    @Test
    void aServerOfAnotherAuthorityNeverSeesTheToken() throws IOException {
        TestAuthority stranger = new TestAuthority("control", now);
        HostAndPort manager = serve(stranger.manager(UUID.randomUUID().toString()));
        failsWith(AgentErrorCode.PEER_NOT_TRUSTED, () -> join(manager, fingerprint(), TOKEN));
    }

    @Test
    void aHostCannotPoseAsTheManager() throws IOException {
        HostAndPort manager = serve(control.host(UUID.randomUUID().toString()));
        failsWith(AgentErrorCode.PEER_NOT_TRUSTED, () -> join(manager, fingerprint(), TOKEN));
    }

    @Test
    void renewsAtTwoThirdsOfItsLifeWithoutARestart() throws Exception {
        HostAndPort manager = serve(control.manager(UUID.randomUUID().toString()));
        validUntil.set(now.plusSeconds(60));
        join(manager, fingerprint(), TOKEN);
        IdentityFiles files = new IdentityFiles(directory);
        IdentityFiles.Stored before = files.load();
        AgentCredentials credentials = new AgentCredentials(before);
        assertThat(credentials.renewAt()).isBetween(now.plusSeconds(10), now.plusSeconds(30));
        validUntil.set(now.plus(Duration.ofDays(1)));
        AtomicReference<Instant> clock = new AtomicReference<>(now);
        InstantSource source = clock::get;
        CertificateRenewal renewal = new CertificateRenewal(
                credentials,
                files,
                new EmulatorCertificates(directory.resolve("pki"), FileOwner.unchanged()),
                GrpcEnrolment.authenticated(List.of(manager), credentials, executor),
                new CertificateRenewal.Timing(source, scheduler, executor, Duration.ofMillis(20)));
        try {
            assertThat(renewed.await(200, TimeUnit.MILLISECONDS))
                    .as("too early")
                    .isFalse();
            // The clock jumps an hour, as clocks do.
            clock.set(now.plus(Duration.ofHours(1)));
            assertThat(renewed.await(20, TimeUnit.SECONDS)).isTrue();
            awaitStored(files, before);
        } finally {
            renewal.close();
        }
        IdentityFiles.Stored after = files.load();
        assertThat(after.agent().leaf().getNotAfter().toInstant()).isAfter(now.plus(Duration.ofHours(20)));
        assertThat(after.agent().key())
                .as("a fresh key")
                .isNotEqualTo(before.agent().key());
        assertThat(after.migration().key())
                .as("QEMU's key stays")
                .isEqualTo(before.migration().key());
    }

    private void awaitStored(IdentityFiles files, IdentityFiles.Stored before) throws InterruptedException {
        CountDownLatch stored = new CountDownLatch(1);
        var unused = scheduler.scheduleWithFixedDelay(
                () -> {
                    if (!files.load().agent().leaf().equals(before.agent().leaf())
                            && Files.exists(directory.resolve("pki/client-cert.pem"))) {
                        stored.countDown();
                    }
                },
                0,
                20,
                TimeUnit.MILLISECONDS);
        assertThat(stored.await(20, TimeUnit.SECONDS)).isTrue();
    }

    private final class Manager extends EnrolmentServiceGrpc.EnrolmentServiceImplBase {

        @Override
        public void enrol(EnrolRequest request, StreamObserver<EnrolResponse> observer) {
            if (!request.getToken().equals(TOKEN)) {
                observer.onError(Status.PERMISSION_DENIED.asRuntimeException());
                return;
            }
            observer.onNext(EnrolResponse.newBuilder()
                    .setHostId(hostId)
                    .addAllAgentCertificates(certify(control, request.getAgentCsr()))
                    .addAllMigrationCertificates(certify(migration, request.getMigrationCsr()))
                    .setControlCa(der(control.certificate()))
                    .setMigrationCa(der(migration.certificate()))
                    .build());
            observer.onCompleted();
        }

        @Override
        public void renew(RenewRequest request, StreamObserver<RenewResponse> observer) {
            observer.onNext(RenewResponse.newBuilder()
                    .addAllAgentCertificates(certify(control, request.getAgentCsr()))
                    .addAllMigrationCertificates(certify(migration, request.getMigrationCsr()))
                    .build());
            observer.onCompleted();
            renewed.countDown();
        }

        private List<ByteString> certify(TestAuthority authority, ByteString csr) {
            List<ByteString> chain = new ArrayList<>();
            chain.add(der(authority.certify(
                    keyOf(csr), List.of("urn:meseta:host:" + hostId), now.minusSeconds(60), validUntil.get())));
            return chain;
        }

        private PublicKey keyOf(ByteString csr) {
            try {
                JcaPKCS10CertificationRequest request = new JcaPKCS10CertificationRequest(csr.toByteArray());
                assertThat(request.isSignatureValid(
                                new JcaContentVerifierProviderBuilder().build(request.getPublicKey())))
                        .isTrue();
                return request.getPublicKey();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        private ByteString der(X509Certificate certificate) {
            try {
                return ByteString.copyFrom(certificate.getEncoded());
            } catch (CertificateEncodingException e) {
                throw new AssertionError(e);
            }
        }
    }
}
