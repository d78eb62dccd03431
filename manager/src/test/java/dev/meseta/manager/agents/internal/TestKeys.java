package dev.meseta.manager.agents.internal;

import com.google.protobuf.ByteString;
import dev.meseta.manager.certificates.CertificateAuthorities;
import dev.meseta.manager.certificates.CertificateAuthorities.CertificateOrder;
import dev.meseta.manager.certificates.CertificateAuthorities.Purpose;
import dev.meseta.manager.certificates.CertificateAuthorities.Usage;
import io.grpc.util.AdvancedTlsX509KeyManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** Keys, certificate requests and certificates of agents. */
final class TestKeys {

    private TestKeys() {}

    static KeyPair p256() {
        return ec("secp256r1");
    }

    static KeyPair ec(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static ByteString request(KeyPair keys) {
        return request(keys, keys.getPrivate(), "CN=whoever I like");
    }

    /** A request for one key, signed with another when they differ. */
    static ByteString request(KeyPair keys, PrivateKey signer, String subject) {
        try {
            return ByteString.copyFrom(new JcaPKCS10CertificationRequestBuilder(
                            new X500Principal(subject), keys.getPublic())
                    .build(new JcaContentSignerBuilder(
                                    "RSA".equals(signer.getAlgorithm()) ? "SHA256withRSA" : "SHA256withECDSA")
                            .build(signer))
                    .getEncoded());
        } catch (IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What somebody with this identity shows in TLS, in both directions. */
    static KeyManager credentials(CertificateAuthorities authorities, String... uris) {
        KeyPair keys = p256();
        X509Certificate certificate = authorities.issue(new CertificateOrder(
                Purpose.CONTROL,
                keys.getPublic(),
                null,
                "test",
                List.of(uris).stream().map(URI::create).toList(),
                List.of("localhost"),
                List.of(InetAddress.ofLiteral("127.0.0.1")),
                EnumSet.allOf(Usage.class),
                Duration.ofDays(1)));
        return credentials(certificate, keys.getPrivate());
    }

    static KeyManager credentials(X509Certificate certificate, PrivateKey key) {
        AdvancedTlsX509KeyManager manager = new AdvancedTlsX509KeyManager();
        manager.updateIdentityCredentials(new X509Certificate[] {certificate}, key);
        return manager;
    }
}
