package dev.meseta.manager.web.oidc;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The identity provider; see docs/operations/keycloak.md.
 *
 * @param name what people call it
 * @param issuer as in its tokens; empty: there is none
 * @param clientSecretFile empty: the client is a public one
 * @param audience that tokens must have to be shown to the API; never the client's own, which its ID tokens have
 * @param groupsClaim holds the ids of groups
 * @param publicUrls where browsers reach the managers; empty: this manager's own address
 * @param secondFactorAcr levels ({@code acr}) that say that there was a second factor; the first is asked for
 * @param secondFactorAmr methods ({@code amr}) that say so as well
 * @param caFile certificates in PEM that the provider's is checked against; empty: those of the JDK
 * @param clockSkew how far its clock may be from ours
 */
@ConfigurationProperties("meseta.identity.oidc")
public record OidcProperties(
        @DefaultValue("Keycloak") String name,
        @DefaultValue("") String issuer,
        @DefaultValue("meseta") String clientId,
        @DefaultValue("") String clientSecretFile,
        @DefaultValue("meseta-api") String audience,
        @DefaultValue("meseta_groups") String groupsClaim,
        @DefaultValue List<String> publicUrls,
        @DefaultValue("mfa") List<String> secondFactorAcr,
        @DefaultValue List<String> secondFactorAmr,
        @DefaultValue("") String caFile,
        @DefaultValue("60s") Duration clockSkew) {

    private static final Set<String> OF_THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final Duration MOST_SKEW = Duration.ofMinutes(5);

    public OidcProperties {
        publicUrls = List.copyOf(publicUrls);
        secondFactorAcr = List.copyOf(secondFactorAcr);
        secondFactorAmr = List.copyOf(secondFactorAmr);
        if (!issuer.isEmpty()) {
            requireSafe("meseta.identity.oidc.issuer", issuer);
        }
        for (String url : publicUrls) {
            if (!url.startsWith("https://") || url.endsWith("/")) {
                throw new IllegalArgumentException(
                        "meseta.identity.oidc.public-urls (%s) must begin with https:// and not end with a slash"
                                .formatted(url));
            }
        }
        if (audience.equals(clientId)) {
            throw new IllegalArgumentException(
                    "meseta.identity.oidc.audience must not be the client's id (%s): ID tokens have that one"
                            .formatted(clientId));
        }
        if (clockSkew.isNegative() || clockSkew.compareTo(MOST_SKEW) > 0) {
            throw new IllegalArgumentException(
                    "meseta.identity.oidc.clock-skew (%s) must be 0 to 5 minutes".formatted(clockSkew));
        }
    }

    boolean isSetUp() {
        return !issuer.isEmpty();
    }

    /** @throws IllegalArgumentException when anybody between could read or change what is said */
    static void requireSafe(String what, String url) {
        URI uri = URI.create(url);
        boolean isNear =
                "http".equals(uri.getScheme()) && uri.getHost() != null && OF_THIS_MACHINE.contains(uri.getHost());
        if (uri.getHost() == null || (!isNear && !"https".equals(uri.getScheme()))) {
            throw new IllegalArgumentException(
                    "%s (%s) must begin with https://, or with http:// on this machine".formatted(what, url));
        }
    }
}
