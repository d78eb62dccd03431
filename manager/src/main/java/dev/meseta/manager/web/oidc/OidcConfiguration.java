package dev.meseta.manager.web.oidc;

import java.time.InstantSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import tools.jackson.databind.json.JsonMapper;

/** The identity provider, if there is one. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(OidcProperties.class)
class OidcConfiguration {

    @Bean
    IdentityProvider identityProvider(
            OidcProperties properties,
            JsonMapper json,
            InstantSource clock,
            Environment environment,
            @Value("${meseta.public-address}") String publicAddress) {
        var http = new ProviderHttp(properties.caFile());
        return new IdentityProvider(
                properties, new KnownMetadata(properties, http, json, clock), http, environment, publicAddress);
    }
}
