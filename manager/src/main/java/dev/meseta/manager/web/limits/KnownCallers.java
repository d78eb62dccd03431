package dev.meseta.manager.web.limits;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.HttpHeaders;

/**
 * Whose a credential is, as far as it was good when it was shown here last: so that a request can be counted before anybody
 * looks into the database, and a flood of invented credentials is counted for where it comes from. Grants nothing.
 */
final class KnownCallers {

    private static final int MAX_CREDENTIALS = 10_000;

    private final Map<String, Caller> byFingerprint = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Caller> eldest) {
            return size() > MAX_CREDENTIALS;
        }
    };

    /** A credential as a request shows it, unchecked. */
    record Credential(Caller.Kind kind, String fingerprint) {

        /** @param session the secret of a session, when the request shows one and no API token */
        static Optional<Credential> of(HttpServletRequest request, Optional<String> session) {
            return session.map(secret -> of(Caller.Kind.SESSION, secret))
                    .or(() -> Optional.ofNullable(request.getHeader(HttpHeaders.AUTHORIZATION))
                            .map(header -> of(Caller.Kind.TOKEN, header)));
        }

        private static Credential of(Caller.Kind kind, String secret) {
            return new Credential(kind, hash(secret));
        }
    }

    Optional<Caller> find(Credential credential) {
        synchronized (byFingerprint) {
            return Optional.ofNullable(byFingerprint.get(credential.fingerprint()));
        }
    }

    void learn(Credential credential, String username) {
        synchronized (byFingerprint) {
            byFingerprint.put(credential.fingerprint(), new Caller(credential.kind(), username));
        }
    }

    void forget(Credential credential) {
        synchronized (byFingerprint) {
            byFingerprint.remove(credential.fingerprint());
        }
    }

    /** Secrets are not kept. */
    private static String hash(String secret) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 does not work in this JDK", e);
        }
    }
}
