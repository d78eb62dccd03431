package dev.meseta.manager.agents.internal;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.UUID;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts one host's agent and nobody else: the certificate must come from the control CA and carry that host's id. The
 * id takes the place of a host name, so addresses may change and be shared without one host being able to pose as
 * another.
 */
final class HostTrustManager extends X509ExtendedTrustManager {

    private final UUID hostId;
    private final X509ExtendedTrustManager path;

    HostTrustManager(UUID hostId, X509Certificate controlAuthority) {
        this.hostId = hostId;
        this.path = Pkix.trusting(controlAuthority);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        // Without socket or engine: the platform would otherwise also ask for the host name.
        path.checkServerTrusted(chain, authType);
        Optional<CertificateIdentity> identity = CertificateIdentity.of(chain[0]);
        if (!identity.equals(Optional.of(CertificateIdentity.host(hostId)))) {
            throw new CertificateException("The server's certificate is for %s, expected %s"
                    .formatted(
                            identity.map(CertificateIdentity::uri).orElse("nobody this manager knows"),
                            CertificateIdentity.host(hostId).uri()));
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("This side is a client and trusts no client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return path.getAcceptedIssuers();
    }
}
