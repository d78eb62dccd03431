package dev.meseta.agent.identity;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** Who a certificate of the control CA stands for, from its one SAN URI {@code urn:meseta:<role>:<id>}. */
public record PeerIdentity(Role role, String id) {

    private static final String PREFIX = "urn:meseta:";
    private static final int SAN_URI = 6;

    /** What the holder is. */
    public enum Role {
        MANAGER,
        HOST
    }

    /** Empty when the certificate has no such URI, more than one, or one of another shape. */
    public static Optional<PeerIdentity> of(X509Certificate certificate) {
        Collection<List<?>> names;
        try {
            names = certificate.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            return Optional.empty();
        }
        if (names == null) {
            return Optional.empty();
        }
        List<String> uris = names.stream()
                .filter(name -> name.get(0) instanceof Integer type && type == SAN_URI)
                .map(name -> String.valueOf(name.get(1)))
                .filter(uri -> uri.startsWith(PREFIX))
                .toList();
        return uris.size() == 1 ? parse(uris.getFirst()) : Optional.empty();
    }

    private static Optional<PeerIdentity> parse(String uri) {
        for (Role role : Role.values()) {
            String prefix = PREFIX + role.name().toLowerCase(Locale.ROOT) + ":";
            if (uri.startsWith(prefix)) {
                String id = uri.substring(prefix.length());
                return isUuid(id) ? Optional.of(new PeerIdentity(role, id)) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static boolean isUuid(String text) {
        try {
            // Only the one spelling that is written; UUID.fromString takes short forms too.
            return UUID.fromString(text).toString().equals(text);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
