package dev.meseta.manager.agents.internal;

import dev.meseta.manager.certificates.CertificateAuthorities;
import dev.meseta.manager.certificates.CertificateAuthorities.CertificateOrder;
import dev.meseta.manager.certificates.CertificateAuthorities.Purpose;
import dev.meseta.manager.certificates.CertificateAuthorities.Usage;
import dev.meseta.manager.shared.ManagerIdentity;
import io.grpc.util.AdvancedTlsX509KeyManager;
import java.net.InetAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * The manager's own key and certificate towards agents, as client and as server. The key lives in memory only; a new pair
 * is made at every start and at two thirds of the certificate's life. Connections that stand keep the old one.
 */
final class ManagerCredentials implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(ManagerCredentials.class);

    private final CertificateAuthorities authorities;
    private final ManagerIdentity identity;
    private final AdvertisedAddress address;
    private final Duration validity;
    private final AgentThreads threads;
    private final AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();

    private volatile boolean running;
    private volatile @Nullable ScheduledFuture<?> renewal;

    ManagerCredentials(
            CertificateAuthorities authorities,
            ManagerIdentity identity,
            AdvertisedAddress address,
            Duration validity,
            AgentThreads threads) {
        this.authorities = authorities;
        this.identity = identity;
        this.address = address;
        this.validity = validity;
        this.threads = threads;
    }

    @Override
    public void start() {
        renew();
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        ScheduledFuture<?> planned = renewal;
        if (planned != null) {
            planned.cancel(false);
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return Phases.CREDENTIALS;
    }

    /** Always offers the newest certificate. */
    KeyManager keyManager() {
        return keys;
    }

    /** Whom agents and manager trust. */
    X509Certificate controlAuthority() {
        return authorities.caCertificate(Purpose.CONTROL);
    }

    private void renew() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            List<String> names = address.certificateNames();
            String uri = CertificateIdentity.manager(identity.id()).uri();
            X509Certificate certificate = authorities.issue(new CertificateOrder(
                    Purpose.CONTROL,
                    pair.getPublic(),
                    null,
                    uri,
                    List.of(URI.create(uri)),
                    names.stream()
                            .filter(name -> !HostAndPort.isIpLiteral(name))
                            .toList(),
                    names.stream()
                            .filter(HostAndPort::isIpLiteral)
                            .map(InetAddress::ofLiteral)
                            .toList(),
                    EnumSet.allOf(Usage.class),
                    validity));
            // The authority goes along so that a joining agent can compare its fingerprint.
            keys.updateIdentityCredentials(new X509Certificate[] {certificate, controlAuthority()}, pair.getPrivate());
            schedule(validity.multipliedBy(2).dividedBy(3));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The manager's own certificate cannot be made", e);
        }
    }

    private void renewInTime() {
        if (!running) {
            return;
        }
        try {
            renew();
        } catch (RuntimeException e) {
            LOG.error("The manager's certificate towards agents could not be renewed; trying again", e);
            schedule(validity.dividedBy(50));
        }
    }

    private void schedule(Duration delay) {
        renewal = threads.timers()
                .schedule(() -> threads.workers().execute(this::renewInTime), delay.toMillis(), TimeUnit.MILLISECONDS);
    }
}
