package dev.meseta.manager.certificates;

import java.net.InetAddress;
import java.net.URI;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The manager's certificate authorities. They are created at first start: P-256 keys, ten years. Private keys leave the
 * process only sealed with the key in the state folder.
 */
public interface CertificateAuthorities {

    /** What an authority signs for; a certificate of one is worth nothing to those who trust another. */
    enum Purpose {
        /** Manager and agents: gRPC in both directions and the manager's HTTPS. */
        CONTROL,
        /** Hypervisors among themselves: memory and disks of migrating VMs. */
        MIGRATION,
        /** Checkpoints of the audit log; good for no connection. */
        AUDIT
    }

    /** What the key of a certificate may be used for in TLS. */
    enum Usage {
        SERVER,
        CLIENT
    }

    X509Certificate caCertificate(Purpose purpose);

    /** SHA-256 of the authority's certificate (DER), lower-case hex without separators. */
    String fingerprint(Purpose purpose);

    /**
     * Signs a certificate for somebody's public key and notes its serial number.
     *
     * @throws dev.meseta.manager.shared.MesetaException VALIDATION_FAILED for a key that is not of curve P-256
     */
    X509Certificate issue(CertificateOrder order);

    /**
     * @param hostId host the certificate is bound to; null for the manager's own
     * @param commonName for people; nobody authorises by it
     * @param uris subject alternative names that identities are taken from, e.g. {@code urn:meseta:host:ID}
     * @param validity from a few minutes before now (clocks differ) to this long after now
     */
    record CertificateOrder(
            Purpose purpose,
            PublicKey publicKey,
            @Nullable UUID hostId,
            String commonName,
            List<URI> uris,
            List<String> dnsNames,
            List<InetAddress> addresses,
            Set<Usage> usages,
            Duration validity) {
        public CertificateOrder {
            uris = List.copyOf(uris);
            dnsNames = List.copyOf(dnsNames);
            addresses = List.copyOf(addresses);
            usages = Set.copyOf(usages);
        }
    }
}
