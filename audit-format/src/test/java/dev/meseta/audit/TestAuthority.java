package dev.meseta.audit;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An installation's authority and one manager's key. */
final class TestAuthority {

    private static final X500Name NAME = new X500Name("CN=Audit CA");

    private final byte[] certificate;
    private final byte[] managerCertificate;
    private final KeyPair manager = newKeys();

    TestAuthority() {
        KeyPair own = newKeys();
        certificate = certificate(own, NAME, own);
        managerCertificate = certificate(own, new X500Name("CN=manager"), manager);
    }

    byte[] certificate() {
        return certificate;
    }

    byte[] managerCertificate() {
        return managerCertificate;
    }

    String fingerprint() {
        return HexFormat.of().formatHex(AuditLines.sha256(certificate));
    }

    byte[] sign(byte[] content) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(manager.getPrivate());
            signature.update(content);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] certificate(KeyPair issuer, X500Name subject, KeyPair keys) {
        Instant now = Instant.parse("2026-11-27T12:00:00Z");
        try {
            return new JcaX509v3CertificateBuilder(
                            NAME,
                            BigInteger.ONE,
                            Date.from(now),
                            Date.from(now.plusSeconds(3600)),
                            subject,
                            keys.getPublic())
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuer.getPrivate()))
                    .getEncoded();
        } catch (OperatorCreationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
