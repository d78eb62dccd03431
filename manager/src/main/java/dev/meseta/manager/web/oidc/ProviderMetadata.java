package dev.meseta.manager.web.oidc;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.SecurityContext;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenValidator;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/** What the provider says of itself, and what follows: where to ask, and with which keys to check. */
final class ProviderMetadata {

    private static final Duration KEYS_ARE_FRESH = Duration.ofMinutes(5);
    private static final Duration REFRESH_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration KEYS_SURVIVE = Duration.ofHours(24);
    /** Tokens that name unknown keys make us ask the provider no more often. */
    private static final Duration LEAST_BETWEEN_FETCHES = Duration.ofSeconds(10);

    private final ClientRegistration registration;
    private final boolean namesItselfInAnswers;
    private final JwtDecoder idTokens;
    private final JwtDecoder accessTokens;
    private final JwtDecoder logoutTokens;

    /** @throws IOException also when it says what it must not */
    ProviderMetadata(OidcProperties properties, Map<String, Object> document, ProviderHttp http) throws IOException {
        String issuer = String.valueOf(document.get("issuer"));
        if (!issuer.equals(properties.issuer())) {
            throw new IOException("the provider calls itself %s, and meseta.identity.oidc.issuer is %s"
                    .formatted(issuer, properties.issuer()));
        }
        for (String endpoint : List.of("authorization_endpoint", "token_endpoint", "jwks_uri")) {
            try {
                OidcProperties.requireSafe(endpoint, String.valueOf(document.get(endpoint)));
            } catch (IllegalArgumentException e) {
                throw new IOException(e.getMessage(), e);
            }
        }
        registration = registration(properties, document);
        namesItselfInAnswers = Boolean.TRUE.equals(document.get("authorization_response_iss_parameter_supported"));
        JWKSource<SecurityContext> keys = JWKSourceBuilder.<SecurityContext>create(
                        URI.create(String.valueOf(document.get("jwks_uri"))).toURL(), http)
                .cache(KEYS_ARE_FRESH.toMillis(), REFRESH_TIMEOUT.toMillis())
                .rateLimited(LEAST_BETWEEN_FETCHES.toMillis())
                .outageTolerant(KEYS_SURVIVE.toMillis())
                .build();
        var ofIdToken = new OidcIdTokenValidator(registration);
        ofIdToken.setClockSkew(properties.clockSkew());
        idTokens = decoder(keys, properties, Set.of("JWT"), ofIdToken);
        accessTokens = decoder(keys, properties, Set.of("JWT", "at+jwt"), TokenRules.access(properties.audience()));
        logoutTokens = decoder(keys, properties, Set.of("JWT", "logout+jwt"), TokenRules.logout(properties.clientId()));
    }

    private static ClientRegistration registration(OidcProperties properties, Map<String, Object> document)
            throws IOException {
        ClientRegistration.Builder builder = ClientRegistrations.fromOidcConfiguration(document)
                .registrationId("oidc")
                .clientId(properties.clientId())
                .scope("openid", "profile")
                .redirectUri("https://replaced.invalid");
        if (properties.clientSecretFile().isEmpty()) {
            return builder.clientAuthenticationMethod(ClientAuthenticationMethod.NONE)
                    .build();
        }
        return builder.clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                .clientSecret(
                        Files.readString(Path.of(properties.clientSecretFile())).strip())
                .build();
    }

    private static JwtDecoder decoder(
            JWKSource<SecurityContext> keys,
            OidcProperties properties,
            Set<String> types,
            OAuth2TokenValidator<Jwt> special) {
        NimbusJwtDecoder decoder = NimbusJwtDecoder.withJwkSource(keys)
                // All that need the provider's private key. A key that everybody may read signs nothing.
                .jwsAlgorithms(algorithms -> algorithms.addAll(Arrays.asList(SignatureAlgorithm.values())))
                .jwtProcessorCustomizer(
                        processor -> processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(allowed(types))))
                .build();
        decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(
                new JwtTimestampValidator(properties.clockSkew()),
                new JwtIssuerValidator(properties.issuer()),
                TokenRules.datedAndBounded(),
                special));
        return decoder;
    }

    /** With null: the header need not say. */
    private static Set<@Nullable JOSEObjectType> allowed(Set<String> types) {
        Set<@Nullable JOSEObjectType> allowed = new HashSet<>();
        types.forEach(type -> allowed.add(new JOSEObjectType(type)));
        allowed.add(null);
        return allowed;
    }

    ClientRegistration registration(String redirectUri) {
        return ClientRegistration.withClientRegistration(registration)
                .redirectUri(redirectUri)
                .build();
    }

    boolean namesItselfInAnswers() {
        return namesItselfInAnswers;
    }

    JwtDecoder idTokens() {
        return idTokens;
    }

    JwtDecoder accessTokens() {
        return accessTokens;
    }

    JwtDecoder logoutTokens() {
        return logoutTokens;
    }
}
