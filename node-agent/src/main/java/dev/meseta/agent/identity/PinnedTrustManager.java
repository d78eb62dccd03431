package dev.meseta.agent.identity;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;

/**
 * For joining, when the authority is known by its fingerprint alone: the server must send the authority along, and have a
 * manager's certificate from it. A host's certificate will not do, or any host could collect join tokens.
 */
public final class PinnedTrustManager extends CertificateTrustManager {

    private final String fingerprint;

    /** @param fingerprint SHA-256 of the authority's certificate, hex, with or without colons */
    public PinnedTrustManager(String fingerprint) {
        this.fingerprint = Certificates.normalisedFingerprint(fingerprint);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        for (X509Certificate certificate : chain) {
            if (Certificates.fingerprint(certificate).equals(fingerprint)) {
                PeerTrustManager.manager(certificate).checkServerTrusted(chain, authType);
                return;
            }
        }
        throw new CertificateException("The server's authority does not have the fingerprint " + fingerprint);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
