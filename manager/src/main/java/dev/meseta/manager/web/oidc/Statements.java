package dev.meseta.manager.web.oidc;

import dev.meseta.manager.identity.Factor;
import dev.meseta.manager.identity.ProviderSignIns.Statement;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.ClaimAccessor;

/** Reads the claims of a token that was checked. */
final class Statements {

    /** More than anybody is in; a directory that sends more is asked for fewer. */
    private static final int MAX_GROUPS = 1000;

    private static final int MAX_CHARACTERS = 255;

    private final OidcProperties properties;

    Statements(OidcProperties properties) {
        this.properties = properties;
    }

    /** @throws MesetaException UNAUTHENTICATED when a claim is not what it must be */
    Statement of(ClaimAccessor claims, Instant statedAt) {
        String subject = Objects.requireNonNull(claims.getClaimAsString("sub"));
        String username = shortened(claims.getClaimAsString("preferred_username"));
        return new Statement(
                properties.issuer(),
                subject,
                claims.getClaimAsString("sid"),
                username.isEmpty() ? subject : username,
                shortened(claims.getClaimAsString("name")),
                texts(claims.getClaims(), properties.groupsClaim()),
                factors(claims),
                claims.hasClaim("auth_time") ? claims.getClaimAsInstant("auth_time") : null,
                statedAt);
    }

    private Set<Factor> factors(ClaimAccessor claims) {
        Set<String> methods = texts(claims.getClaims(), "amr");
        boolean second = (claims.getClaims().get("acr") instanceof String level
                        && properties.secondFactorAcr().contains(level))
                || properties.secondFactorAmr().stream().anyMatch(methods::contains);
        return second ? EnumSet.of(Factor.PROVIDER, Factor.PROVIDER_SECOND) : EnumSet.of(Factor.PROVIDER);
    }

    private static Set<String> texts(Map<String, Object> claims, String name) {
        Object claim = claims.getOrDefault(name, List.of());
        Collection<?> values = claim instanceof Collection<?> several ? several : List.of(claim);
        Set<String> texts = new HashSet<>();
        for (Object value : values) {
            if (!(value instanceof String text) || text.length() > MAX_CHARACTERS || text.indexOf('\0') >= 0) {
                throw new MesetaException(
                        ErrorCode.UNAUTHENTICATED,
                        "The identity provider's claim %s is no list of texts of at most %d characters."
                                .formatted(name, MAX_CHARACTERS));
            }
            texts.add(text);
        }
        if (texts.size() > MAX_GROUPS) {
            throw new MesetaException(
                    ErrorCode.UNAUTHENTICATED,
                    "The identity provider's claim %s has more than %d values.".formatted(name, MAX_GROUPS));
        }
        return texts;
    }

    private static String shortened(@Nullable String text) {
        String clean = text == null ? "" : text.replaceAll("\\p{Cntrl}", "").strip();
        return clean.substring(0, Math.min(clean.length(), MAX_CHARACTERS));
    }
}
