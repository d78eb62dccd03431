package dev.meseta.manager.agents.internal;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** Who a certificate of the control CA stands for, read from its one SAN URI {@code urn:meseta:<role>:<id>}. */
record CertificateIdentity(Role role, UUID id) {

    private static final String PREFIX = "urn:meseta:";
    private static final int SAN_URI = 6;

    /** What the holder is. */
    enum Role {
        HOST,
        MANAGER
    }

    static CertificateIdentity host(UUID id) {
        return new CertificateIdentity(Role.HOST, id);
    }

    static CertificateIdentity manager(UUID id) {
        return new CertificateIdentity(Role.MANAGER, id);
    }

    /** Empty when the certificate has no such URI, more than one, or one of another shape. */
    static Optional<CertificateIdentity> of(X509Certificate certificate) {
        List<String> uris;
        try {
            var names = certificate.getSubjectAlternativeNames();
            if (names == null) {
                return Optional.empty();
            }
            uris = names.stream()
                    .filter(name -> name.get(0) instanceof Integer type && type == SAN_URI)
                    .map(name -> String.valueOf(name.get(1)))
                    .filter(uri -> uri.startsWith(PREFIX))
                    .toList();
        } catch (CertificateParsingException unreadable) {
            return Optional.empty();
        }
        return uris.size() == 1 ? parse(uris.getFirst()) : Optional.empty();
    }

    private static Optional<CertificateIdentity> parse(String uri) {
        for (Role role : Role.values()) {
            String prefix = PREFIX + role.name().toLowerCase(Locale.ROOT) + ":";
            if (uri.startsWith(prefix)) {
                try {
                    UUID id = UUID.fromString(uri.substring(prefix.length()));
                    CertificateIdentity identity = new CertificateIdentity(role, id);
                    // UUID.fromString takes short forms; only the one spelling we write is good.
                    return identity.uri().equals(uri) ? Optional.of(identity) : Optional.empty();
                } catch (IllegalArgumentException notAnId) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    String uri() {
        return PREFIX + role.name().toLowerCase(Locale.ROOT) + ":" + id;
    }
}
