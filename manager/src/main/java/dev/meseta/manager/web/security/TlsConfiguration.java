package dev.meseta.manager.web.security;

import dev.meseta.manager.certificates.CertificateAuthorities;
import dev.meseta.manager.certificates.CertificateAuthorities.CertificateOrder;
import dev.meseta.manager.certificates.CertificateAuthorities.Purpose;
import dev.meseta.manager.certificates.CertificateAuthorities.Usage;
import dev.meseta.manager.certificates.PemFiles;
import dev.meseta.manager.shared.OwnerOnlyFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * HTTPS with a certificate of the manager's own authority: a new key and certificate at every start, kept in memory only.
 * The authority's certificate is put into {@code ca.pem} in the state folder.
 */
@Configuration(proxyBeanMethods = false)
class TlsConfiguration {

    private static final String BUNDLE = "manager";
    private static final Duration VALIDITY = Duration.ofDays(397);

    @Bean
    SslBundleRegistrar httpsCertificate(
            CertificateAuthorities authorities,
            @Value("${meseta.public-address}") String publicAddress,
            @Value("${meseta.state-dir}") Path stateFolder) {
        return bundles -> {
            try {
                OwnerOnlyFiles.createFolder(stateFolder);
                Files.writeString(
                        stateFolder.resolve("ca.pem"),
                        PemFiles.certificate(authorities.caCertificate(Purpose.CONTROL)));
                bundles.registerBundle(BUNDLE, newBundle(authorities, publicAddress));
            } catch (IOException | GeneralSecurityException e) {
                throw new IllegalStateException("The HTTPS certificate cannot be made", e);
            }
        };
    }

    private static SslBundle newBundle(CertificateAuthorities authorities, String publicAddress)
            throws IOException, GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair keys = generator.generateKeyPair();
        Names names = names(publicAddress);
        X509Certificate certificate = authorities.issue(new CertificateOrder(
                Purpose.CONTROL,
                keys.getPublic(),
                null,
                "Meseta manager",
                List.of(),
                List.copyOf(names.dns()),
                List.copyOf(names.addresses()),
                Set.of(Usage.SERVER),
                VALIDITY));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(BUNDLE, keys.getPrivate(), new char[0], new Certificate[] {
            certificate, authorities.caCertificate(Purpose.CONTROL)
        });
        return SslBundle.of(SslStoreBundle.of(store, "", null));
    }

    private record Names(Set<String> dns, Set<InetAddress> addresses) {}

    private static Names names(String publicAddress) throws UnknownHostException {
        Set<String> dns = new LinkedHashSet<>(Set.of("localhost"));
        Set<InetAddress> addresses =
                new LinkedHashSet<>(List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1")));
        dns.add(InetAddress.getLocalHost().getHostName());
        try {
            addresses.add(InetAddress.ofLiteral(publicAddress));
        } catch (IllegalArgumentException notAnAddress) {
            dns.add(publicAddress);
        }
        return new Names(dns, addresses);
    }
}
