package dev.meseta.agent.testing;

import dev.meseta.agent.identity.IdentityFiles;
import dev.meseta.agent.identity.KeyAndChain;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority like the manager's, for tests. */
public final class TestAuthority {

    private static final AtomicLong SERIALS = new AtomicLong(1);

    private final X500Principal name;
    private final KeyPair keys = newKeys();
    private final X509Certificate certificate;
    private final Instant now;

    public TestAuthority(String commonName, Instant now) {
        this.name = new X500Principal("CN=" + commonName);
        this.now = now;
        this.certificate =
                sign(name, keys.getPublic(), List.of(), now.minusSeconds(60), now.plus(Duration.ofDays(10)), true);
    }

    public X509Certificate certificate() {
        return certificate;
    }

    public KeyAndChain manager(String id) {
        return issue("urn:meseta:manager:" + id);
    }

    public KeyAndChain host(String id) {
        return issue("urn:meseta:host:" + id);
    }

    /** A certificate with these SAN URIs. */
    public KeyAndChain issue(String... uris) {
        KeyPair pair = newKeys();
        return new KeyAndChain(
                pair.getPrivate(),
                List.of(
                        certify(pair.getPublic(), List.of(uris), now.minusSeconds(60), now.plus(Duration.ofDays(1))),
                        certificate));
    }

    public KeyAndChain expired(String uri) {
        KeyPair pair = newKeys();
        return new KeyAndChain(
                pair.getPrivate(),
                List.of(
                        certify(pair.getPublic(), List.of(uri), now.minusSeconds(600), now.minusSeconds(300)),
                        certificate));
    }

    public X509Certificate certify(PublicKey key, List<String> uris, Instant from, Instant to) {
        return sign(new X500Principal("CN=leaf"), key, uris, from, to, false);
    }

    /** What joining would have stored for a host. */
    public IdentityFiles.Stored stored(String hostId) {
        return new IdentityFiles.Stored(host(hostId), host(hostId), certificate, certificate);
    }

    public static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private X509Certificate sign(
            X500Principal subject, PublicKey key, List<String> uris, Instant from, Instant to, boolean authority) {
        try {
            var builder = new JcaX509v3CertificateBuilder(
                    name, BigInteger.valueOf(SERIALS.getAndIncrement()), Date.from(from), Date.from(to), subject, key);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            if (authority) {
                builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
            } else {
                builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
                builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                    KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth
                }));
                if (!uris.isEmpty()) {
                    List<GeneralName> names = new ArrayList<>();
                    uris.forEach(uri -> names.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
                    builder.addExtension(
                            Extension.subjectAlternativeName,
                            false,
                            new GeneralNames(names.toArray(GeneralName[]::new)));
                }
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }
}
