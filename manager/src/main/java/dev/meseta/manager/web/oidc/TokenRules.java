package dev.meseta.manager.web.oidc;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;

/** What a token must say beside who signed it and until when it is good, so that none is taken for one of another kind. */
final class TokenRules {

    static final String LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout";

    private static final int MAX_CHARACTERS = 255;

    private TokenRules() {}

    /** Of every token. */
    static OAuth2TokenValidator<Jwt> datedAndBounded() {
        return all(List.of(
                rule("exp is missing", jwt -> jwt.getExpiresAt() != null),
                rule("iat is missing", jwt -> jwt.getIssuedAt() != null),
                rule("sub is too long", jwt -> isBounded(jwt.getSubject())),
                rule("sid is too long", jwt -> isBounded(jwt.getClaimAsString("sid"))),
                rule("jti is too long", jwt -> isBounded(jwt.getId()))));
    }

    /** Of one that is shown to the API. */
    static OAuth2TokenValidator<Jwt> access(String audience) {
        return all(List.of(
                rule("aud has not " + audience, jwt -> audiences(jwt).contains(audience)),
                rule("sub is missing", jwt -> jwt.getSubject() != null),
                // What Keycloak calls its kinds of tokens; others say nothing here.
                rule(
                        "it is no access token",
                        jwt -> jwt.getClaims().getOrDefault("typ", "Bearer").equals("Bearer")),
                rule("it is a logout token", jwt -> !jwt.hasClaim("events")),
                rule("it is bound to a key that the request does not show", jwt -> !jwt.hasClaim("cnf"))));
    }

    /** OpenID Connect Back-Channel Logout 1.0, section 2.6. */
    static OAuth2TokenValidator<Jwt> logout(String clientId) {
        return all(List.of(
                rule("aud has not " + clientId, jwt -> audiences(jwt).contains(clientId)),
                rule("jti is missing", jwt -> jwt.getId() != null),
                rule("neither sub nor sid is there", jwt -> jwt.getSubject() != null || jwt.hasClaim("sid")),
                rule("nonce is there", jwt -> !jwt.hasClaim("nonce")),
                rule("events does not say logout", TokenRules::saysLogout)));
    }

    private static boolean saysLogout(Jwt jwt) {
        return jwt.getClaims().get("events") instanceof Map<?, ?> events
                && events.get(LOGOUT_EVENT) instanceof Map<?, ?>;
    }

    private static boolean isBounded(@Nullable String text) {
        return text == null || (text.length() <= MAX_CHARACTERS && text.indexOf('\0') < 0 && !text.isEmpty());
    }

    private static List<String> audiences(Jwt jwt) {
        return Objects.requireNonNullElse(jwt.getClaimAsStringList(JwtClaimNames.AUD), List.of());
    }

    private static OAuth2TokenValidator<Jwt> all(List<OAuth2TokenValidator<Jwt>> rules) {
        return new DelegatingOAuth2TokenValidator<>(rules);
    }

    private static OAuth2TokenValidator<Jwt> rule(String otherwise, Predicate<Jwt> rule) {
        return jwt -> rule.test(jwt)
                ? OAuth2TokenValidatorResult.success()
                : OAuth2TokenValidatorResult.failure(new OAuth2Error("invalid_token", otherwise, null));
    }
}
