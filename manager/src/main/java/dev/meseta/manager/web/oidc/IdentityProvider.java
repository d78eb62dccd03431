package dev.meseta.manager.web.oidc;

import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import dev.meseta.manager.identity.ProviderSignIns.Ended;
import dev.meseta.manager.identity.ProviderSignIns.Sent;
import dev.meseta.manager.identity.ProviderSignIns.Statement;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.client.authentication.OAuth2LoginAuthenticationToken;
import org.springframework.security.oauth2.client.endpoint.RestClientAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.oidc.authentication.OidcAuthorizationCodeAuthenticationProvider;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestCustomizers;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationExchange;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationResponse;
import org.springframework.security.oauth2.core.endpoint.PkceParameterNames;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;
import org.springframework.security.oauth2.core.oidc.endpoint.OidcParameterNames;
import org.springframework.security.oauth2.core.oidc.user.DefaultOidcUser;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.web.client.ResourceAccessException;

/** The identity provider, as this manager speaks with it. Nothing of the manager waits for it to be there. */
public final class IdentityProvider {

    /** Route of the page where browsers come back to. */
    public static final String ANSWER_PATH = "/sign-in/answer";

    private static final Logger LOG = LoggerFactory.getLogger(IdentityProvider.class);
    private static final String REGISTRATION = "oidc";

    private final OidcProperties properties;
    private final KnownMetadata known;
    private final Statements statements;
    private final ProviderHttp http;
    private final Environment environment;
    private final String publicAddress;

    IdentityProvider(
            OidcProperties properties,
            KnownMetadata known,
            ProviderHttp http,
            Environment environment,
            String publicAddress) {
        this.properties = properties;
        this.known = known;
        this.http = http;
        this.statements = new Statements(properties);
        this.environment = environment;
        this.publicAddress = publicAddress;
    }

    /** Where a browser is to go, and what to remember of it. */
    public record Question(String url, String state, String nonce, String codeVerifier, String redirectUri) {
        @Override
        public String toString() {
            return "Question";
        }
    }

    public boolean isSetUp() {
        return properties.isSetUp();
    }

    public String name() {
        return properties.name();
    }

    /**
     * @param origin where the page was loaded from
     * @param second a second factor is wanted
     * @param again although they are signed in there
     * @throws MesetaException NOT_FOUND when there is no provider, VALIDATION_FAILED when the page was loaded from where the provider
     *     sends nobody back to, IDENTITY_PROVIDER_UNAVAILABLE
     */
    public Question question(HttpServletRequest request, String origin, boolean second, boolean again) {
        List<String> urls = publicUrls();
        if (!urls.contains(origin)) {
            throw new MesetaException(
                    ErrorCode.VALIDATION_FAILED,
                    "%s sends people back to %s only, not to %s. Open the page there, or add this address to meseta.identity.oidc.public-urls and to the client's addresses at the provider."
                            .formatted(name(), String.join(", ", urls), origin));
        }
        ClientRegistration registration = known.metadata().registration(origin + ANSWER_PATH);
        var resolver =
                new DefaultOAuth2AuthorizationRequestResolver(new InMemoryClientRegistrationRepository(registration));
        resolver.setAuthorizationRequestCustomizer(OAuth2AuthorizationRequestCustomizers.withPkce()
                .andThen(builder -> builder.additionalParameters(more -> {
                    if (second && !properties.secondFactorAcr().isEmpty()) {
                        more.put("acr_values", properties.secondFactorAcr().getFirst());
                    }
                    if (again) {
                        // Keycloak takes a sign-in of the same second for one that is no older than 0.
                        more.put("prompt", "login");
                        more.put("max_age", 0);
                    }
                })));
        OAuth2AuthorizationRequest made = Objects.requireNonNull(resolver.resolve(request, REGISTRATION));
        return new Question(
                made.getAuthorizationRequestUri(),
                Objects.requireNonNull(made.getState()),
                attribute(made, OidcParameterNames.NONCE),
                attribute(made, PkceParameterNames.CODE_VERIFIER),
                Objects.requireNonNull(made.getRedirectUri()));
    }

    private static String attribute(OAuth2AuthorizationRequest request, String name) {
        return Objects.requireNonNull(request.getAttribute(name), name);
    }

    private List<String> publicUrls() {
        if (!properties.publicUrls().isEmpty()) {
            return properties.publicUrls();
        }
        String host = publicAddress.indexOf(':') >= 0 ? "[" + publicAddress + "]" : publicAddress;
        String port = environment.getRequiredProperty("local.server.port");
        return List.of("https://" + host + (port.equals("443") ? "" : ":" + port));
    }

    /**
     * Asks the provider what a code stands for.
     *
     * @param issuer that the browser brought along; null: it brought none
     * @throws MesetaException UNAUTHENTICATED when what comes back is not what was asked for, IDENTITY_PROVIDER_UNAVAILABLE
     */
    public Statement answered(Sent sent, String code, @Nullable String issuer) {
        ProviderMetadata metadata = known.metadata();
        // RFC 9207: an answer of another provider's is not shown to this one.
        if (issuer == null ? metadata.namesItselfInAnswers() : !issuer.equals(properties.issuer())) {
            throw refused("the answer names the issuer " + issuer, null);
        }
        ClientRegistration registration = metadata.registration(sent.redirectUri());
        Map<String, Object> attributes = new HashMap<>();
        attributes.put(OidcParameterNames.NONCE, sent.nonce());
        attributes.put(PkceParameterNames.CODE_VERIFIER, sent.codeVerifier());
        OAuth2AuthorizationRequest asked = OAuth2AuthorizationRequest.authorizationCode()
                .authorizationUri(
                        Objects.requireNonNull(registration.getProviderDetails().getAuthorizationUri()))
                .clientId(registration.getClientId())
                .redirectUri(sent.redirectUri())
                .scopes(registration.getScopes())
                .state(sent.state())
                .attributes(attributes)
                .build();
        OAuth2AuthorizationResponse answer = OAuth2AuthorizationResponse.success(code)
                .redirectUri(sent.redirectUri())
                .state(sent.state())
                .build();
        var tokens = new RestClientAuthorizationCodeTokenResponseClient();
        tokens.setRestClient(http.tokens());
        var exchange = new OidcAuthorizationCodeAuthenticationProvider(
                tokens, user -> new DefaultOidcUser(List.of(), user.getIdToken()));
        exchange.setJwtDecoderFactory(unused -> metadata.idTokens());
        try {
            Authentication done = Objects.requireNonNull(exchange.authenticate(
                    new OAuth2LoginAuthenticationToken(registration, new OAuth2AuthorizationExchange(asked, answer))));
            OidcIdToken token = ((OidcUser) Objects.requireNonNull(done.getPrincipal())).getIdToken();
            return statements.of(token, Objects.requireNonNull(token.getIssuedAt()));
        } catch (OAuth2AuthenticationException e) {
            throw failed(e);
        }
    }

    /** @throws MesetaException UNAUTHENTICATED, IDENTITY_PROVIDER_UNAVAILABLE */
    public Statement ofAccessToken(String token) {
        Jwt jwt = decoded(known.metadata().accessTokens(), token);
        return statements.of(jwt, Objects.requireNonNull(jwt.getIssuedAt()));
    }

    /** @throws MesetaException UNAUTHENTICATED, IDENTITY_PROVIDER_UNAVAILABLE */
    public Ended ofLogoutToken(String token) {
        Jwt jwt = decoded(known.metadata().logoutTokens(), token);
        Instant issued = Objects.requireNonNull(jwt.getIssuedAt());
        return new Ended(
                properties.issuer(),
                Objects.requireNonNull(jwt.getId()),
                jwt.getSubject(),
                jwt.getClaimAsString("sid"),
                issued,
                Objects.requireNonNull(jwt.getExpiresAt()));
    }

    private Jwt decoded(JwtDecoder decoder, String token) {
        try {
            return decoder.decode(token);
        } catch (JwtException e) {
            throw failed(e);
        }
    }

    private MesetaException failed(RuntimeException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ResourceAccessException || cause instanceof JWKSetUnavailableException) {
                LOG.warn("{} did not answer", properties.issuer(), e);
                return KnownMetadata.unavailable(name());
            }
        }
        return refused(String.valueOf(e.getMessage()), e);
    }

    /** The reason is for the log: who shows what is wrong need not learn why. */
    private MesetaException refused(String reason, @Nullable Throwable cause) {
        LOG.info(
                "Refused what was said to come from {}: {}", properties.issuer(), reason.replaceAll("\\p{Cntrl}", " "));
        return new MesetaException(
                ErrorCode.UNAUTHENTICATED,
                "What was shown of %s is not valid, or not any more. Sign in again.".formatted(name()),
                cause);
    }
}
