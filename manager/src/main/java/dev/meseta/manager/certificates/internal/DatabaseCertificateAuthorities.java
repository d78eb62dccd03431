package dev.meseta.manager.certificates.internal;

import dev.meseta.manager.certificates.CertificateAuthorities;
import dev.meseta.manager.certificates.Sealer;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Authorities as rows; read once at start, and created by whoever of several managers is first. */
final class DatabaseCertificateAuthorities implements CertificateAuthorities {

    private final JdbcClient jdbc;
    private final Sealer sealer;
    private final InstantSource clock;
    private final CertificateSigner signer;
    private final Map<Purpose, Authority> authorities = new EnumMap<>(Purpose.class);

    DatabaseCertificateAuthorities(JdbcClient jdbc, Sealer sealer, InstantSource clock, CertificateSigner signer) {
        this.jdbc = jdbc;
        this.sealer = sealer;
        this.clock = clock;
        this.signer = signer;
        for (Purpose purpose : Purpose.values()) {
            createIfMissing(purpose);
            authorities.put(purpose, load(purpose));
        }
    }

    @Override
    public X509Certificate caCertificate(Purpose purpose) {
        return authority(purpose).certificate();
    }

    @Override
    public String fingerprint(Purpose purpose) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(caCertificate(purpose).getEncoded());
            return HexFormat.of().formatHex(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("SHA-256 does not work in this JDK", e);
        }
    }

    @Override
    public X509Certificate issue(CertificateOrder order) {
        requireP256(order.publicKey());
        Authority authority = authority(order.purpose());
        X509Certificate certificate =
                signer.endEntity(order, authority.certificate(), authority.key(), clock.instant());
        jdbc.sql("""
                        INSERT INTO issued_certificate (serial, host_id, purpose, not_before, not_after)
                        VALUES (:serial, :hostId, :purpose, :notBefore, :notAfter)""")
                .param("serial", certificate.getSerialNumber().toString(16))
                .param("hostId", order.hostId())
                .param("purpose", order.purpose().name())
                .param("notBefore", certificate.getNotBefore().toInstant().atOffset(ZoneOffset.UTC))
                .param("notAfter", certificate.getNotAfter().toInstant().atOffset(ZoneOffset.UTC))
                .update();
        return certificate;
    }

    private Authority authority(Purpose purpose) {
        Authority authority = authorities.get(purpose);
        if (authority == null) {
            throw new IllegalStateException("no certificate authority for " + purpose);
        }
        return authority;
    }

    private void createIfMissing(Purpose purpose) {
        boolean there = jdbc.sql("SELECT count(*) FROM certificate_authority WHERE purpose = :purpose")
                        .param("purpose", purpose.name())
                        .query(Long.class)
                        .single()
                > 0;
        if (there) {
            return;
        }
        CertificateSigner.NewAuthority fresh = signer.authority(purpose, clock.instant());
        try {
            jdbc.sql("""
                            INSERT INTO certificate_authority (purpose, certificate, sealed_key, created_at)
                            VALUES (:purpose, :certificate, :sealedKey, :now) ON CONFLICT DO NOTHING""")
                    .param("purpose", purpose.name())
                    .param("certificate", fresh.certificate().getEncoded())
                    .param("sealedKey", sealer.seal(label(purpose), fresh.key().getEncoded()))
                    .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                    .update();
        } catch (CertificateException e) {
            throw new IllegalStateException("a new certificate cannot be encoded", e);
        }
    }

    private Authority load(Purpose purpose) {
        return jdbc.sql("SELECT certificate, sealed_key FROM certificate_authority WHERE purpose = :purpose")
                .param("purpose", purpose.name())
                .query((ResultSet row, int number) -> authorityOf(purpose, row))
                .single();
    }

    private Authority authorityOf(Purpose purpose, ResultSet row) throws SQLException {
        byte[] key = sealer.open(label(purpose), row.getBytes("sealed_key"));
        try {
            var certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(row.getBytes("certificate")));
            return new Authority(
                    certificate, KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The stored certificate authority " + purpose + " cannot be read", e);
        }
    }

    private static void requireP256(PublicKey key) {
        if (!(key instanceof ECPublicKey ec)
                || ec.getParams().getCurve().getField().getFieldSize() != 256) {
            throw new MesetaException(
                    ErrorCode.VALIDATION_FAILED,
                    "The public key is %s; certificates are issued for keys of the curve P-256 only."
                            .formatted(key.getAlgorithm()));
        }
    }

    private static String label(Purpose purpose) {
        return "certificate-authority/" + purpose.name();
    }

    private record Authority(X509Certificate certificate, PrivateKey key) {}
}
