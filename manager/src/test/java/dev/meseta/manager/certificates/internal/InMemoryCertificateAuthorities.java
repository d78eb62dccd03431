package dev.meseta.manager.certificates.internal;

import dev.meseta.manager.certificates.CertificateAuthorities;
import dev.meseta.manager.certificates.internal.CertificateSigner.NewAuthority;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.HexFormat;

/** Real certificates, no database. */
public final class InMemoryCertificateAuthorities implements CertificateAuthorities {

    private final CertificateSigner signer = new CertificateSigner(new SecureRandom());
    private final InstantSource clock;
    private final NewAuthority control;
    private final NewAuthority migration;

    public InMemoryCertificateAuthorities(InstantSource clock) {
        this.clock = clock;
        this.control = signer.authority(Purpose.CONTROL, clock.instant());
        this.migration = signer.authority(Purpose.MIGRATION, clock.instant());
    }

    @Override
    public X509Certificate caCertificate(Purpose purpose) {
        return authority(purpose).certificate();
    }

    @Override
    public String fingerprint(Purpose purpose) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256")
                            .digest(caCertificate(purpose).getEncoded()));
        } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public X509Certificate issue(CertificateOrder order) {
        NewAuthority authority = authority(order.purpose());
        return signer.endEntity(order, authority.certificate(), authority.key(), clock.instant());
    }

    private NewAuthority authority(Purpose purpose) {
        return purpose == Purpose.CONTROL ? control : migration;
    }
}
