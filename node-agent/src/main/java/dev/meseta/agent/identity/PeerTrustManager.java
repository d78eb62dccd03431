package dev.meseta.agent.identity;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Predicate;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts certificates of the control CA that stand for the right peer. The id in the certificate takes the place of a
 * host name: addresses may change, and no host can pose as another.
 */
public final class PeerTrustManager extends CertificateTrustManager {

    private final X509ExtendedTrustManager path;
    private final Predicate<PeerIdentity> accepted;
    private final String expectation;

    private PeerTrustManager(X509Certificate authority, Predicate<PeerIdentity> accepted, String expectation) {
        this.path = Certificates.trusting(authority);
        this.accepted = accepted;
        this.expectation = expectation;
    }

    /** For a connection to the agent of one host. */
    public static PeerTrustManager host(X509Certificate authority, String hostId) {
        return new PeerTrustManager(
                authority, new PeerIdentity(PeerIdentity.Role.HOST, hostId)::equals, "the host " + hostId);
    }

    /** For a connection to a manager. */
    public static PeerTrustManager manager(X509Certificate authority) {
        return new PeerTrustManager(authority, peer -> peer.role() == PeerIdentity.Role.MANAGER, "a manager");
    }

    /** For a server: anybody of this installation may connect; what they may call is decided per method. */
    public static PeerTrustManager anyPeer(X509Certificate authority) {
        return new PeerTrustManager(authority, peer -> true, "a manager or a host");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        path.checkServerTrusted(chain, authType);
        checkIdentity(chain[0]);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        path.checkClientTrusted(chain, authType);
        checkIdentity(chain[0]);
    }

    private void checkIdentity(X509Certificate certificate) throws CertificateException {
        Optional<PeerIdentity> peer = PeerIdentity.of(certificate);
        if (peer.filter(accepted).isEmpty()) {
            throw new CertificateException("The other side's certificate is not that of " + expectation);
        }
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return path.getAcceptedIssuers();
    }
}
