package dev.meseta.agent.identity;

import io.grpc.util.AdvancedTlsX509KeyManager;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.KeyManager;

/** This agent's identity while it runs; a renewed certificate is used by every handshake after it. */
public final class AgentCredentials {

    private final String hostId;
    private final AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
    private volatile IdentityFiles.Stored current;

    /** @throws IllegalStateException when the certificate does not name a host */
    public AgentCredentials(IdentityFiles.Stored stored) {
        this.current = stored;
        this.hostId = PeerIdentity.of(stored.agent().leaf())
                .filter(peer -> peer.role() == PeerIdentity.Role.HOST)
                .map(PeerIdentity::id)
                .orElseThrow(() -> new IllegalStateException("The agent's certificate does not name a host"));
        use(stored);
    }

    public String hostId() {
        return hostId;
    }

    /** Always offers the newest certificate. */
    public KeyManager keyManager() {
        return keys;
    }

    public X509Certificate controlAuthority() {
        return current.controlAuthority();
    }

    IdentityFiles.Stored stored() {
        return current;
    }

    /** From then on a new certificate should be asked for: two thirds of the life of whichever ends first. */
    Instant renewAt() {
        Instant agent = twoThirds(current.agent().leaf());
        Instant migration = twoThirds(current.migration().leaf());
        return agent.isBefore(migration) ? agent : migration;
    }

    /** @throws IllegalArgumentException when the certificate names another host */
    void use(IdentityFiles.Stored renewed) {
        boolean ours = PeerIdentity.of(renewed.agent().leaf())
                .filter(new PeerIdentity(PeerIdentity.Role.HOST, hostId)::equals)
                .isPresent();
        if (!ours) {
            throw new IllegalArgumentException("The certificate is not for host " + hostId);
        }
        keys.updateIdentityCredentials(
                renewed.agent().chain().toArray(X509Certificate[]::new),
                renewed.agent().key());
        current = renewed;
    }

    private static Instant twoThirds(X509Certificate certificate) {
        Instant from = certificate.getNotBefore().toInstant();
        Duration life = Duration.between(from, certificate.getNotAfter().toInstant());
        return from.plus(life.multipliedBy(2).dividedBy(3));
    }
}
