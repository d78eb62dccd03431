package dev.meseta.agent.hypervisor.libvirt;

import dev.meseta.agent.identity.EmulatorKey;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A small authority for QEMU's migration TLS. */
final class MigrationCertificates {

    private static final Date FROM = Date.from(Instant.parse("2020-01-01T00:00:00Z"));
    private static final Date UNTIL = Date.from(Instant.parse("2100-01-01T00:00:00Z"));
    private static final X500Name AUTHORITY = new X500Name("CN=Test migration CA");

    private final KeyPair authorityKeys;
    private final X509Certificate authority;
    private long serial = 1;

    MigrationCertificates() {
        try {
            authorityKeys = newKeys();
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    AUTHORITY, nextSerial(), FROM, UNTIL, AUTHORITY, authorityKeys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
            authority = sign(builder);
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new AssertionError("no test certificates", e);
        }
    }

    /** Writes the five files that QEMU looks for; good for that address, as server and as client. */
    void writeTo(Path folder, String address) {
        try {
            Files.createDirectories(folder);
            KeyPair keys = newKeys();
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    AUTHORITY, nextSerial(), FROM, UNTIL, new X500Name("CN=" + address), keys.getPublic());
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.iPAddress, address)));
            X509Certificate certificate = sign(builder);
            Files.writeString(folder.resolve("ca-cert.pem"), pem(authority));
            for (String role : new String[] {"server", "client"}) {
                Files.writeString(folder.resolve(role + "-cert.pem"), pem(certificate));
                Files.writeString(
                        folder.resolve(role + "-key.pem"), EmulatorKey.pem(keys.getPrivate(), keys.getPublic()));
            }
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new AssertionError("no test certificates", e);
        }
    }

    private BigInteger nextSerial() {
        return BigInteger.valueOf(serial++);
    }

    private static KeyPair newKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private X509Certificate sign(JcaX509v3CertificateBuilder builder)
            throws GeneralSecurityException, OperatorCreationException {
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(
                        new JcaContentSignerBuilder("SHA256withECDSA").build(authorityKeys.getPrivate())));
    }

    private static String pem(Object object) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        }
        return text.toString();
    }
}
