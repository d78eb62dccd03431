package dev.meseta.manager.certificates.internal;

import dev.meseta.manager.certificates.CertificateAuthorities;
import dev.meseta.manager.certificates.Sealer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Beans of this module. */
@Configuration(proxyBeanMethods = false)
class CertificatesConfiguration {

    @Bean
    Sealer sealer(@Value("${meseta.sealing-key-file}") Path keyFile) {
        return AesGcmSealer.withKeyFile(keyFile, new SecureRandom());
    }

    @Bean
    CertificateAuthorities certificateAuthorities(JdbcClient jdbc, Sealer sealer, InstantSource clock) {
        return new DatabaseCertificateAuthorities(jdbc, sealer, clock, new CertificateSigner(new SecureRandom()));
    }
}
