package dev.meseta.manager.certificates.internal;

import dev.meseta.manager.certificates.CertificateAuthorities.CertificateOrder;
import dev.meseta.manager.certificates.CertificateAuthorities.Purpose;
import dev.meseta.manager.certificates.CertificateAuthorities.Usage;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Builds and signs X.509 certificates. */
final class CertificateSigner {

    private static final Duration AUTHORITY_VALIDITY = Duration.ofDays(3650);
    // Clocks of hosts may be a little behind.
    private static final Duration BACKDATING = Duration.ofMinutes(10);
    private static final int SERIAL_BITS = 127;

    private final SecureRandom random;

    CertificateSigner(SecureRandom random) {
        this.random = random;
    }

    NewAuthority authority(Purpose purpose, Instant now) {
        KeyPair keys = newKeyPair();
        X500Name name = name("Meseta " + purpose.name().charAt(0)
                + purpose.name().substring(1).toLowerCase(Locale.ROOT) + " CA");
        var builder = new JcaX509v3CertificateBuilder(
                name,
                serial(),
                Date.from(now.minus(BACKDATING)),
                Date.from(now.plus(AUTHORITY_VALIDITY)),
                name,
                keys.getPublic());
        try {
            var extensions = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            builder.addExtension(
                    Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(keys.getPublic()));
            return new NewAuthority(sign(builder, keys.getPrivate()), keys.getPrivate());
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("A certificate authority cannot be made", e);
        }
    }

    X509Certificate endEntity(CertificateOrder order, X509Certificate issuer, PrivateKey issuerKey, Instant now) {
        var builder = new JcaX509v3CertificateBuilder(
                issuer,
                serial(),
                Date.from(now.minus(BACKDATING)),
                Date.from(now.plus(order.validity())),
                new X500Principal(encoded(name(order.commonName()))),
                order.publicKey());
        try {
            var extensions = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            if (order.purpose() != Purpose.MIGRATION) {
                // QEMU 10.0 refuses a key usage without key encipherment, which RFC 8813 (3) forbids for a key of an
                // elliptic curve: only a certificate that names no usage satisfies both.
                builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            }
            if (!order.usages().isEmpty()) {
                builder.addExtension(Extension.extendedKeyUsage, false, extendedKeyUsage(order));
            }
            builder.addExtension(
                    Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(order.publicKey()));
            builder.addExtension(
                    Extension.authorityKeyIdentifier, false, extensions.createAuthorityKeyIdentifier(issuer));
            List<GeneralName> names = alternativeNames(order);
            if (!names.isEmpty()) {
                builder.addExtension(
                        Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(GeneralName[]::new)));
            }
            return sign(builder, issuerKey);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("A certificate for %s cannot be made".formatted(order.commonName()), e);
        }
    }

    private KeyPair newKeyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK has no P-256", e);
        }
    }

    private BigInteger serial() {
        return new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1);
    }

    private static ExtendedKeyUsage extendedKeyUsage(CertificateOrder order) {
        return new ExtendedKeyUsage(order.usages().stream()
                .sorted()
                .map(usage -> usage == Usage.SERVER ? KeyPurposeId.id_kp_serverAuth : KeyPurposeId.id_kp_clientAuth)
                .toArray(KeyPurposeId[]::new));
    }

    private static List<GeneralName> alternativeNames(CertificateOrder order) {
        List<GeneralName> names = new ArrayList<>();
        order.uris().forEach(uri -> names.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri.toString())));
        order.dnsNames().forEach(name -> names.add(new GeneralName(GeneralName.dNSName, name)));
        order.addresses()
                .forEach(address -> names.add(new GeneralName(GeneralName.iPAddress, address.getHostAddress())));
        return names;
    }

    private static X500Name name(String commonName) {
        return new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.CN, commonName)
                .addRDN(BCStyle.O, "Meseta")
                .build();
    }

    private static byte[] encoded(X500Name name) {
        try {
            return name.getEncoded();
        } catch (IOException e) {
            throw new IllegalStateException("a name cannot be encoded", e);
        }
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
            throws GeneralSecurityException {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    record NewAuthority(X509Certificate certificate, PrivateKey key) {}
}
