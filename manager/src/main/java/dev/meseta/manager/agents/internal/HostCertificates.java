package dev.meseta.manager.agents.internal;

import dev.meseta.manager.certificates.CertificateAuthorities;
import dev.meseta.manager.certificates.CertificateAuthorities.CertificateOrder;
import dev.meseta.manager.certificates.CertificateAuthorities.Purpose;
import dev.meseta.manager.certificates.CertificateAuthorities.Usage;
import java.net.InetAddress;
import java.net.URI;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;

/** Writes the two certificates a host has: one for its agent, one for its hypervisor's migration TLS. */
final class HostCertificates {

    private final CertificateAuthorities authorities;
    private final Duration validity;

    HostCertificates(CertificateAuthorities authorities, Duration validity) {
        this.authorities = authorities;
        this.validity = validity;
    }

    Issued issue(HostNames host, PublicKey agentKey, PublicKey migrationKey) {
        String agentHost = host.agentAddress().host();
        boolean literal = HostAndPort.isIpLiteral(agentHost);
        X509Certificate agent = authorities.issue(new CertificateOrder(
                Purpose.CONTROL,
                agentKey,
                host.id(),
                CertificateIdentity.host(host.id()).uri(),
                List.of(URI.create(CertificateIdentity.host(host.id()).uri())),
                literal ? List.of() : List.of(agentHost),
                literal ? List.of(InetAddress.ofLiteral(agentHost)) : List.of(),
                EnumSet.allOf(Usage.class),
                validity));
        X509Certificate migration = authorities.issue(new CertificateOrder(
                Purpose.MIGRATION,
                migrationKey,
                host.id(),
                CertificateIdentity.host(host.id()).uri(),
                List.of(),
                List.of(),
                List.of(InetAddress.ofLiteral(host.migrationAddress())),
                EnumSet.allOf(Usage.class),
                validity));
        return new Issued(agent, migration);
    }

    X509Certificate authority(Purpose purpose) {
        return authorities.caCertificate(purpose);
    }

    /** @param migrationAddress an IP address in numbers */
    record HostNames(UUID id, HostAndPort agentAddress, String migrationAddress) {}

    record Issued(X509Certificate agent, X509Certificate migration) {}
}
